/* SPDX-License-Identifier: MIT */
/* LAYER, TOKEN, PREFILL, GENERATE. */
#include <stddef.h>

#include "agent/commands.h"

/* value < limit */
static mcl_status_t check_below(uint16_t value, uint32_t limit) {
  return value < limit ? MCL_OK : fail(MCL_ERR_RANGE, limit, value);
}

static mcl_status_t check_token(uint16_t token) { return check_below(token, agent.engine.model.vocab_size); }

/* count positions from pos on follow those in the cache, and fit */
static mcl_status_t check_positions(uint16_t pos, uint16_t count) {
  const uint16_t positions = agent.engine.positions;
  const mcl_status_t status = check_most(end_of(pos, count), agent.engine.model.context);
  if (status != MCL_OK) return status;
  return pos <= positions ? MCL_OK : refuse(MCL_ERR_STATE, positions, pos);
}

/* How a run ended, `done` items having been completed before. */
static mcl_status_t run_status(mcl_status_t status, uint16_t done) {
  if (status == MCL_OK) return status;
  return fail(status, status == MCL_ERR_STORE ? agent.engine.tape.at : done, 0);
}

mcl_status_t command_layer(const uint8_t* in, uint16_t n) {
  const uint16_t layer = mcl_get_u16(in), pos = mcl_get_u16(in + 2);
  (void)n;
  mcl_status_t status = check_below(layer, agent.engine.model.n_layers);
  if (status == MCL_OK) status = check_below(pos, agent.engine.model.context);
  if (status == MCL_OK) status = run_status(engine_layer(&agent.engine, layer, pos), 0);
  REPLY_FIELD(agent.engine.state_crc);
  return status;
}

mcl_status_t command_token(const uint8_t* in, uint16_t n) {
  const uint16_t token = mcl_get_u16(in), pos = mcl_get_u16(in + 2);
  (void)n;
  mcl_status_t status = check_token(token);
  if (status == MCL_OK) status = check_positions(pos, 1);
  if (status == MCL_OK) status = run_status(engine_token(&agent.engine, token, pos, false), 0);
  REPLY_FIELD(agent.engine.argmax);
  REPLY_FIELD(agent.engine.logits_crc);
  REPLY_FIELD(agent.engine.state_crc);
  return status;
}

enum { PREFILL_MOST = 255 }; /* tokens of one request */

mcl_status_t command_prefill(const uint8_t* in, uint16_t n) {
  const uint16_t pos = mcl_get_u16(in);
  if (n % 2 != 0) return refuse(MCL_ERR_LENGTH, (uint16_t)(n + 1), n);
  uint16_t count = (uint16_t)((n - 2) / 2);
  mcl_status_t status = check_positions(pos, count);
  for (uint16_t i = 0; i < count && status == MCL_OK; i++) status = check_token(mcl_get_u16(in + 2 + 2 * i));
  if (status != MCL_OK) return status;

  /* as many as the reply can tell of */
  const uint16_t most = (uint16_t)((reply_room() - 1) / 4);
  if (count > most) count = most;
  if (count > PREFILL_MOST) count = PREFILL_MOST;
  reply_u8((uint8_t)count);
  /* the tokens wait at the end of where their CRCs go: token i is read before CRC i reaches it */
  uint8_t* token = agent.reply_end + 2 * count;
  for (uint16_t i = 0; i < 2 * count; i++) token[i] = in[2 + i];
  for (uint16_t i = 0; i < count; i++, token += 2) {
    status = run_status(engine_prefill(&agent.engine, mcl_get_u16(token), (uint16_t)(pos + i)), i);
    if (status != MCL_OK) return status;
    REPLY_FIELD(agent.engine.state_crc);
  }
  return MCL_OK;
}

enum {
  GENERATE_HEAD = 6,     /* of a request, before what the sampler takes: */
  GENERATE_SAMPLER = 16, /* inv_temperature, top_p, state */
  ITEM_BYTES = 6         /* of a generated token in the reply */
};

typedef struct {
  sampler_t sampler;
  bool samples; /* or chooses the greatest */
  uint16_t token, pos;
  uint8_t count, flags;
} generate_t;
_Static_assert(offsetof(sampler_t, max) == GENERATE_SAMPLER, "as on the wire");

static mcl_status_t check_generate(const generate_t* g) {
  mcl_status_t status = check_token(g->token);
  if (status == MCL_OK) status = check_positions(g->pos, 1);
  if (status == MCL_OK) status = check_most(g->flags, MCL_GENERATE_STOP);
  if (status == MCL_OK && g->samples) status = check_most(g->sampler.top_p, SAMPLER_TOP_P_ALL);
  if (status != MCL_OK) return status;
  const bool state = !g->samples || (g->sampler.top_p != 0 && g->sampler.state != 0);
  return g->count != 0 && state ? MCL_OK : refuse(MCL_ERR_RANGE, 1, 0);
}

static bool stops(uint16_t token) {
  return token == agent.engine.model.bos_token || token == agent.engine.model.eos_token;
}

/* Runs the next token, chooses its successor and tells both ways. */
static mcl_status_t generate_next(generate_t* g, uint8_t index) {
  engine_t* const engine = &agent.engine;
  const mcl_status_t status = run_status(engine_token(engine, g->token, g->pos, g->samples), index);
  if (status != MCL_OK) return status;
  g->token = g->samples ? engine_sample(engine, &g->sampler) : engine->argmax;
  g->pos++;
  uint8_t event[1 + ITEM_BYTES];
  event[0] = index;
  REPLY_FIELD(g->token);
  REPLY_FIELD(engine->logits_crc);
  put_bytes(event + 1, agent.reply_end - ITEM_BYTES, ITEM_BYTES);
  link_send_small(&agent.link, MCL_EVENT_TOKEN, link_reply_seq(&agent.link), event, sizeof event);
  return MCL_OK;
}

mcl_status_t command_generate(const uint8_t* in, uint16_t n) {
  generate_t g;
  (void)n;
  put_bytes(&g.sampler, in + GENERATE_HEAD, GENERATE_SAMPLER);
  g.token = mcl_get_u16(in);
  g.pos = mcl_get_u16(in + 2);
  g.count = in[4];
  g.flags = in[5];
  g.samples = g.sampler.inv_temperature != 0;
  mcl_status_t status = check_generate(&g);
  if (status != MCL_OK) return status;

  uint8_t* const head = reply_take(sizeof g.sampler.state + 1);
  /* as many as the reply can tell of and the context has room for */
  uint8_t done = 0;
  while (done < g.count && reply_room() >= ITEM_BYTES && g.pos < agent.engine.model.context) {
    status = generate_next(&g, done);
    if (status != MCL_OK) return status;
    done++;
    if ((g.flags & MCL_GENERATE_STOP) != 0 && stops(g.token)) break;
  }
  put_bytes(head, &g.sampler.state, sizeof g.sampler.state);
  head[sizeof g.sampler.state] = done;
  return MCL_OK;
}
