/* The least that any engine of this kind must do for one question: reset the scores, add up the
 * postings of the question's terms, and pick the k best rows. Ties go to the lower row. */

#include <stdint.h>
#include <string.h>

#define BLOCK 64

/* Whether row a with score x comes after row b with score y. */
static int worse(float x, int32_t a, float y, int32_t b) { return x < y || (x == y && a > b); }

static void sift_down(float *values, int32_t *ids, int count, int at)
{
    for (;;) {
        int child = 2 * at + 1;
        if (child >= count)
            return;
        if (child + 1 < count && worse(values[child + 1], ids[child + 1], values[child], ids[child]))
            child++;
        if (!worse(values[child], ids[child], values[at], ids[at]))
            return;
        float value = values[at];
        int32_t id = ids[at];
        values[at] = values[child];
        ids[at] = ids[child];
        values[child] = value;
        ids[child] = id;
        at = child;
    }
}

/* Writes at most k rows with a score above zero, best first; returns how many. */
static int best_rows(const float *scores, int64_t row_count, int k, int32_t *ids, float *values)
{
    int count = 0;
    float bar = 0.0f;
    for (int64_t block = 0; block < row_count; block += BLOCK) {
        int64_t end = block + BLOCK < row_count ? block + BLOCK : row_count;
        int any = 0;
        for (int64_t row = block; row < end; row++)
            any |= scores[row] > bar;
        if (!any)
            continue;
        for (int64_t row = block; row < end; row++) {
            if (!(scores[row] > bar))
                continue;
            if (count < k) {
                values[count] = scores[row];
                ids[count++] = (int32_t)row;
                if (count < k)
                    continue;
                for (int at = k / 2 - 1; at >= 0; at--)
                    sift_down(values, ids, k, at);
            } else {
                values[0] = scores[row];
                ids[0] = (int32_t)row;
                sift_down(values, ids, k, 0);
            }
            bar = values[0];
        }
    }
    for (int i = 1; i < count; i++)
        for (int j = i; j > 0 && worse(values[j - 1], ids[j - 1], values[j], ids[j]); j--) {
            float value = values[j];
            int32_t id = ids[j];
            values[j] = values[j - 1];
            ids[j] = ids[j - 1];
            values[j - 1] = value;
            ids[j - 1] = id;
        }
    return count;
}

/* starts, rows, weights: postings by feature. dense_number[f] >= 0: feature f has no postings but
 * the dense row of that number; dense_number may be NULL. scores has row_count places. */
int floor_query(const int64_t *starts, const int32_t *rows, const float *weights, int64_t row_count,
                const int32_t *dense_number, const float *dense, const int64_t *features,
                const float *query, int64_t query_count, float *scores, int k, int32_t *ids,
                float *values)
{
    memset(scores, 0, (size_t)row_count * sizeof *scores);
    for (int64_t i = 0; i < query_count; i++) {
        int64_t feature = features[i];
        float q = query[i];
        if (dense_number && dense_number[feature] >= 0) {
            const float *restrict column = dense + (int64_t)dense_number[feature] * row_count;
            float *restrict sums = scores;
            for (int64_t row = 0; row < row_count; row++)
                sums[row] += q * column[row];
            continue;
        }
        for (int64_t at = starts[feature]; at < starts[feature + 1]; at++)
            scores[rows[at]] += q * weights[at];
    }
    return best_rows(scores, row_count, k, ids, values);
}
