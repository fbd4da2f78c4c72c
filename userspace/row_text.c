// SPDX-License-Identifier: GPL-2.0
#include "row_text.h"

#define EVERY_BYTE(b) (0x0101010101010101ull * (b))

/* Each step looks at all bytes of a 64-bit word. */
bool hex_eight(const char *text, u32 *out)
{
	u64 c, digit, lower, letter, n;

	memcpy(&c, text, sizeof(c));
	if (c & EVERY_BYTE(0x80))
		return false;
	/* Bit 7 of a byte below says yes.  No sum carries into the next byte. */
	digit = ~((c ^ EVERY_BYTE('0')) + EVERY_BYTE(0x80 - 10));
	lower = c | EVERY_BYTE(0x20);
	letter = (lower + EVERY_BYTE(0x80 - 'a')) & ~(lower + EVERY_BYTE(0x80 - 'g'));
	if (((digit | letter) & EVERY_BYTE(0x80)) != EVERY_BYTE(0x80))
		return false;
	letter = letter >> 7 & EVERY_BYTE(1);
	n = (c & EVERY_BYTE(0xf)) + 9 * letter;
	/* The first digit is the lowest byte and the highest nibble. */
	n = (n << 4 | n >> 8) & 0x00ff00ff00ff00ffull;
	n = (n << 8 | n >> 16) & 0x0000ffff0000ffffull;
	*out = n << 16 | n >> 32;
	return true;
}

unsigned int words_room(unsigned int nr)
{
	unsigned int room = 1;

	while (room < nr)
		room *= 2;
	return room;
}

static const char *skip(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	return at;
}

static const char *eat(const char *at, const char *end, const char *word)
{
	size_t len = strlen(word);

	at = skip(at, end);
	return (size_t)(end - at) > len && !memcmp(at, word, len) ? at + len : NULL;
}

/* Learn how rows look from the one at @row; false: not like levelctl writes them. */
static bool learn(struct row_look *look, const char *row, const char *end)
{
	static const char *const keys[] = {
		"\"leaf\"", "\"subleaf\"", "\"eax\"", "\"ebx\"", "\"ecx\"", "\"edx\"",
	};
	char text[ROW_TEXT_MAX] = { 0 }, mask[ROW_TEXT_MAX] = { 0 };
	const char *at = row;
	unsigned int i;

	look->len = 0;
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		at = eat(at, end, i ? "," : "{");
		at = at ? eat(at, end, keys[i]) : NULL;
		at = at ? eat(at, end, ":") : NULL;
		at = at ? eat(at, end, "\"0x") : NULL;
		if (!at || end - at < 16)
			return false;
		look->digits[i] = at - row;
		at = eat(at + 8, end, "\"");
		if (!at || at - row != look->digits[i] + 9)
			return false;
	}
	at = eat(at, end, "}");
	if (!at || at - row > ROW_TEXT_MAX)
		return false;
	memcpy(text, row, at - row);
	memset(mask, 0xff, at - row);
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		memset(text + look->digits[i], 0, 8);
		memset(mask + look->digits[i], 0, 8);
	}
	memcpy(look->fixed, text, sizeof(text));
	memcpy(look->mask, mask, sizeof(mask));
	look->len = at - row;
	return true;
}

static bool looks_like(const struct row_look *look, const char *row)
{
	unsigned int i;
	u64 word, bad = 0;

	for (i = 0; 8 * i < look->len; i++) {
		memcpy(&word, row + 8 * i, sizeof(word));
		bad |= (word & look->mask[i]) ^ look->fixed[i];
	}
	return !bad;
}

static bool read_row(const struct row_look *look, const char *row, struct kl_leaf *leaf)
{
	const unsigned int *d = look->digits;

	return looks_like(look, row) && hex_eight(row + d[0], &leaf->leaf) &&
	       hex_eight(row + d[1], &leaf->subleaf) && hex_eight(row + d[2], &leaf->r[0]) &&
	       hex_eight(row + d[3], &leaf->r[1]) && hex_eight(row + d[4], &leaf->r[2]) &&
	       hex_eight(row + d[5], &leaf->r[3]);
}

/* Of a processor: its vendor and highest leaf, and its family, model and stepping. */
static u64 key_of(const struct row_look *look, const char *row, const char *end, u64 salt)
{
	u64 key = look->stride << 8 | salt, word;
	unsigned int i;

	for (i = 2; i < 6; i++) {
		memcpy(&word, row + look->digits[i], sizeof(word));
		key = (key ^ word) * 0x9e3779b97f4a7c15ull;
	}
	if (end - row >= 2 * ROW_TEXT_MAX) {
		memcpy(&word, row + look->stride + look->digits[2], sizeof(word));
		key = (key ^ word) * 0x9e3779b97f4a7c15ull;
	}
	return key ^ key >> 32;
}

static u64 order(const struct kl_leaf *l)
{
	return (u64)l->leaf << 32 | l->subleaf;
}

/* How far it is to the next row, and that only space is between; 0: not so. */
static unsigned int stride_at(const struct row_look *look, const char *row, const char *end)
{
	if (row[look->len] == ']')
		return look->len + 1;
	return row[look->len] == ',' ? skip(row + look->len + 1, end) - row : 0;
}

/* Where rows of this key are, or would be. */
static struct seen_rows *find(struct row_reader *r, u64 key)
{
	struct seen_rows *a = &r->seen[key % SEEN_ROWS & ~1ull], *b = a + 1, *found;

	if (a->key == key || b->key == key)
		found = a->key == key ? a : b;
	else
		found = a->used < b->used ? a : b;
	found->used = ++r->clock;
	return found;
}

const char *rows_read(struct row_reader *r, const char *text, const char *end, u64 salt,
		      struct words *w)
{
	struct kl_leaf leaf[WORDS_MAX_LEAVES];
	struct row_look *look = &r->look;
	const char *row = skip(text + 1, end);
	unsigned int n = 0, changed = 0;
	struct seen_rows *seen;
	u64 key;

	if (end - row < ROW_TEXT_MAX)
		return NULL;
	if ((!look->len || !looks_like(look, row)) && !learn(look, row, end))
		return NULL;
	look->stride = stride_at(look, row, end);
	if (!look->stride)
		return NULL;
	key = key_of(look, row, end, salt);
	seen = find(r, key);
	text = row;
	for (;; row += look->stride) {
		if (n == WORDS_MAX_LEAVES || (size_t)(end - row) <= look->len)
			return NULL;
		if (n < seen->nr && seen->key == key &&
		    !memcmp(row, seen->text + n * look->stride, look->len)) {
			leaf[n] = seen->leaf[n];
		} else {
			if (!read_row(look, row, &leaf[n]))
				return NULL;
			changed++;
		}
		if (n && order(&leaf[n - 1]) >= order(&leaf[n]))
			return NULL;
		n++;
		if (row[look->len] == ']')
			break;
		if (stride_at(look, row, end) != look->stride)
			return NULL;
	}
	/* Hosts that come again are worth keeping; what differs in a few rows is not new. */
	if (n <= SEEN_MOST && (seen->key != key || 2 * changed > n)) {
		seen->text = xrealloc(seen->text, n, look->stride);
		memcpy(seen->text, text, row + look->len - text);
		seen->leaf = xrealloc(seen->leaf, n, sizeof(*leaf));
		memcpy(seen->leaf, leaf, n * sizeof(*leaf));
		seen->nr = n;
		seen->key = key;
	}
	w->leaf = xrealloc(NULL, words_room(n), sizeof(*leaf));
	memcpy(w->leaf, leaf, n * sizeof(*leaf));
	w->nr_leaves = n;
	return row + look->len + 1;
}

void row_reader_free(struct row_reader *r)
{
	unsigned int i;

	for (i = 0; i < SEEN_ROWS; i++) {
		free(r->seen[i].text);
		free(r->seen[i].leaf);
	}
	memset(r, 0, sizeof(*r));
}
