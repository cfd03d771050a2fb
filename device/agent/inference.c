/* SPDX-License-Identifier: MIT */
/* LAYER, TOKEN, PREFILL, GENERATE. */
#include "agent/commands.h"

mcl_status_t check_model(reply_t* reply) {
  return agent.model_status == MCL_MODEL_RUNS ? MCL_OK : fail(reply, MCL_ERR_MODEL, agent.model_status, 0);
}

mcl_status_t check_token(uint16_t token, reply_t* reply) {
  const uint32_t vocab = agent.engine.model.vocab_size;
  return token < vocab ? MCL_OK : fail(reply, MCL_ERR_RANGE, vocab, token);
}

mcl_status_t check_position(uint16_t pos, uint32_t count, reply_t* reply) {
  const uint16_t context = agent.engine.model.context;
  if (pos + count > context) return fail(reply, MCL_ERR_RANGE, context, pos + count);
  if (pos > agent.engine.positions) return fail(reply, MCL_ERR_STATE, agent.engine.positions, pos);
  return MCL_OK;
}

/* How a run ended, `done` items having been completed before. */
static mcl_status_t run_status(mcl_status_t status, uint32_t done, reply_t* reply) {
  return fail(reply, status, status == MCL_ERR_STORE ? agent.engine.tape.at : done, 0);
}

mcl_status_t command_layer(const uint8_t* in, uint16_t n, reply_t* reply) {
  const uint16_t layer = mcl_get_u16(in), pos = mcl_get_u16(in + 2);
  const mcl_image_header_t* m = &agent.engine.model;
  (void)n;
  mcl_status_t status = check_model(reply);
  if (status != MCL_OK) return status;
  if (layer >= m->n_layers) return fail(reply, MCL_ERR_RANGE, m->n_layers, layer);
  if (pos >= m->context) return fail(reply, MCL_ERR_RANGE, m->context, pos);

  const uint32_t start = hal_ticks();
  status = engine_layer(&agent.engine, layer, pos);
  if (status != MCL_OK) return run_status(status, 0, reply);
  reply_u32(reply, agent.engine.state_crc);
  reply_u32(reply, hal_ticks() - start);
  return MCL_OK;
}

mcl_status_t command_token(const uint8_t* in, uint16_t n, reply_t* reply) {
  const uint16_t token = mcl_get_u16(in), pos = mcl_get_u16(in + 2);
  (void)n;
  mcl_status_t status = check_model(reply);
  if (status == MCL_OK) status = check_token(token, reply);
  if (status == MCL_OK) status = check_position(pos, 1, reply);
  if (status != MCL_OK) return status;

  const uint32_t start = hal_ticks();
  status = engine_token(&agent.engine, token, pos, false);
  if (status != MCL_OK) return run_status(status, 0, reply);
  reply_u16(reply, agent.engine.argmax);
  reply_u32(reply, agent.engine.logits_crc);
  reply_u32(reply, agent.engine.state_crc);
  reply_u32(reply, hal_ticks() - start);
  return MCL_OK;
}

enum { PREFILL_HEAD = 6, PREFILL_MOST = 255 }; /* status, ticks, done; tokens of one request */

mcl_status_t command_prefill(const uint8_t* in, uint16_t n, reply_t* reply) {
  const uint16_t pos = mcl_get_u16(in);
  if (n % 2 != 0) return fail(reply, MCL_ERR_LENGTH, n + 1u, n);
  uint16_t count = (uint16_t)((n - 2) / 2);
  mcl_status_t status = check_model(reply);
  if (status == MCL_OK) status = check_position(pos, count, reply);
  for (uint16_t i = 0; i < count && status == MCL_OK; i++) {
    status = check_token(mcl_get_u16(in + 2 + 2 * i), reply);
  }
  if (status != MCL_OK) return status;

  /* as many as the reply can tell of */
  const uint16_t most = (uint16_t)((reply->capacity - PREFILL_HEAD) / 4);
  if (count > most) count = most;
  if (count > PREFILL_MOST) count = PREFILL_MOST;
  /* the tokens wait at the end of where their CRCs go: token i is read before CRC i reaches it */
  uint8_t* crcs = reply->bytes + PREFILL_HEAD;
  uint8_t* tokens = crcs + 2 * count;
  for (uint16_t i = 0; i < 2 * count; i++) tokens[i] = in[2 + i];

  const uint32_t start = hal_ticks();
  for (uint16_t i = 0; i < count; i++) {
    status = engine_prefill(&agent.engine, mcl_get_u16(tokens + 2 * i), (uint16_t)(pos + i));
    if (status != MCL_OK) return run_status(status, i, reply);
    mcl_put_u32(crcs + 4 * i, agent.engine.state_crc);
  }
  reply_u32(reply, hal_ticks() - start);
  reply_u8(reply, (uint8_t)count);
  reply->used = (uint16_t)(reply->used + 4 * count);
  return MCL_OK;
}

typedef struct {
  uint16_t token, pos;
  uint8_t count, flags;
  sampler_t sampler;
} generate_t;

static mcl_status_t check_generate(const generate_t* g, reply_t* reply) {
  mcl_status_t status = check_model(reply);
  if (status == MCL_OK) status = check_token(g->token, reply);
  if (status == MCL_OK) status = check_position(g->pos, 1, reply);
  if (status != MCL_OK) return status;
  if (g->count == 0) return fail(reply, MCL_ERR_RANGE, 1, 0);
  if (g->flags > MCL_GENERATE_STOP) return fail(reply, MCL_ERR_RANGE, MCL_GENERATE_STOP, g->flags);
  if (g->sampler.inv_temperature == 0) return MCL_OK;
  if (g->sampler.top_p == 0 || g->sampler.top_p > SAMPLER_TOP_P_ALL) {
    return fail(reply, MCL_ERR_RANGE, SAMPLER_TOP_P_ALL, g->sampler.top_p);
  }
  return g->sampler.state != 0 ? MCL_OK : fail(reply, MCL_ERR_RANGE, 1, 0);
}

static bool stops(uint16_t token) {
  return token == agent.engine.model.bos_token || token == agent.engine.model.eos_token;
}

/* Runs the next token, chooses its successor and tells both ways. */
static mcl_status_t generate_next(generate_t* g, uint8_t index, reply_t* reply) {
  engine_t* engine = &agent.engine;
  const bool samples = g->sampler.inv_temperature != 0;
  const mcl_status_t status = engine_token(engine, g->token, g->pos, samples);
  if (status != MCL_OK) return run_status(status, index, reply);
  g->token = samples ? engine_sample(engine, &g->sampler) : engine->argmax;
  g->pos++;
  uint8_t event[7] = {index};
  mcl_put_u16(event + 1, g->token);
  mcl_put_u32(event + 3, engine->logits_crc);
  link_send_small(&agent.link, MCL_EVENT_TOKEN, agent.execution.seq, event, sizeof event);
  reply_u16(reply, g->token);
  reply_u32(reply, engine->logits_crc);
  return MCL_OK;
}

mcl_status_t command_generate(const uint8_t* in, uint16_t n, reply_t* reply) {
  generate_t g = {mcl_get_u16(in),
                  mcl_get_u16(in + 2),
                  in[4],
                  in[5],
                  {mcl_get_u32(in + 6), mcl_get_u32(in + 10), mcl_get_u64(in + 14), 0}};
  (void)n;
  mcl_status_t status = check_generate(&g, reply);
  if (status != MCL_OK) return status;

  const uint32_t start = hal_ticks();
  reply_u32(reply, 0);
  reply_u64(reply, 0);
  reply_u8(reply, 0);
  /* as many as the reply can tell of and the context has room for */
  uint8_t done = 0;
  while (done < g.count && reply_room(reply) >= 6 && g.pos < agent.engine.model.context) {
    status = generate_next(&g, done, reply);
    if (status != MCL_OK) return status;
    done++;
    if ((g.flags & MCL_GENERATE_STOP) != 0 && stops(g.token)) break;
  }
  mcl_put_u32(reply->bytes + 1, hal_ticks() - start);
  mcl_put_u64(reply->bytes + 5, g.sampler.state);
  reply->bytes[13] = done;
  return MCL_OK;
}
