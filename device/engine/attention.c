/* SPDX-License-Identifier: MIT */
#include "engine/attention.h"

#include "kernels/arithmetic.h"

uint32_t attention_bytes(const mcl_image_header_t* model) {
  return model->n_heads * (uint32_t)sizeof(attention_head_t);
}

/* One pass over the positions, in this order, all heads of a position together. */
void attend(engine_t* e, uint16_t layer, uint16_t pos) {
  const mcl_image_header_t* m = &e->model;
  attention_head_t* const heads = e->at.heads;
  const uint8_t score_shift = m->kv_format == MCL_KV_K8V8 ? 6 : 12;
  const bool traced = trace_wants(&e->trace, MCL_OP_SCORE, layer);
  const uint32_t keys = (uint32_t)pos + 1;
  kv_reader_t reader;
  kv_reader_open(&reader, &e->kv, layer, 0, m->n_heads);
  for (uint16_t i = 0; i < m->dim; i++) e->at.sums[i] = 0;
  for (uint16_t t = 0; t <= pos; t++) {
    kv_reader_scores(&reader, heads, e->at.q);
    for (uint16_t h = 0; h < m->n_heads; h++) {
      heads[h].score = rsh_s32(heads[h].score, score_shift);
      attention_softmax(&heads[h], t == 0);
      if (traced) trace_element(&e->trace, m->n_heads * keys, h * keys + t, heads[h].score);
    }
    kv_reader_values(&reader, e->at.sums, heads);
  }
  /* the queries have done their work: o takes their place */
  for (uint16_t h = 0; h < m->n_heads; h++) {
    const uint16_t at = (uint16_t)(h * m->head_size);
    attention_output_s16(e->at.q + at, e->at.sums + at, m->head_size, heads[h].sum);
  }
}
