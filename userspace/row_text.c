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

/* The words of a row, by their keys; NULL: the word before goes on. */
struct form {
	const char *key[ROW_WORDS_MAX];
	unsigned int nr;
	unsigned int order;	/* rows are in the order of so many words, one or two */
	unsigned int most;	/* rows */
};

static const struct form leaf_form = {
	.key = { "\"leaf\"", "\"subleaf\"", "\"eax\"", "\"ebx\"", "\"ecx\"", "\"edx\"" },
	.nr = 6, .order = 2, .most = WORDS_MAX_LEAVES,
};

static const struct form msr_form = {
	.key = { "\"index\"", "\"value\"", NULL }, .nr = 3, .order = 1, .most = WORDS_MAX_MSRS,
};

/* Learn how rows look from the one at @row; false: not like levelctl writes them. */
static bool learn(struct row_look *look, const struct form *form, const char *row, const char *end)
{
	char text[ROW_TEXT_MAX] = { 0 }, mask[ROW_TEXT_MAX] = { 0 };
	const char *at = row;
	unsigned int i;

	look->len = 0;
	for (i = 0; i < form->nr; i++) {
		if (form->key[i]) {
			at = eat(at, end, i ? "," : "{");
			at = at ? eat(at, end, form->key[i]) : NULL;
			at = at ? eat(at, end, ":") : NULL;
			at = at ? eat(at, end, "\"0x") : NULL;
		}
		if (!at || end - at < 16)
			return false;
		look->digits[i] = at - row;
		at += 8;
		if ((i + 1 == form->nr || form->key[i + 1]) && *at++ != '"')
			return false;
	}
	at = eat(at, end, "}");
	if (!at || at - row > ROW_TEXT_MAX)
		return false;
	memcpy(text, row, at - row);
	memset(mask, 0xff, at - row);
	for (i = 0; i < form->nr; i++) {
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

static bool read_row(const struct row_look *look, const struct form *form, const char *row,
		     u32 *word)
{
	unsigned int i;

	if (!looks_like(look, row))
		return false;
	for (i = 0; i < form->nr; i++)
		if (!hex_eight(row + look->digits[i], &word[i]))
			return false;
	return true;
}

/* The same beside a row that was read before: mostly it is one word that differs. */
static bool read_like(const struct row_look *look, const struct form *form, const char *row,
		      const char *old, const u32 *old_word, u32 *word)
{
	unsigned int i;

	if (!looks_like(look, row))
		return false;
	for (i = 0; i < form->nr; i++) {
		if (!memcmp(row + look->digits[i], old + look->digits[i], 8))
			word[i] = old_word[i];
		else if (!hex_eight(row + look->digits[i], &word[i]))
			return false;
	}
	return true;
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

static u64 order(const struct form *form, const u32 *word)
{
	return (u64)word[0] << 32 | (form->order > 1 ? word[1] : 0);
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

/* The first row of the array at @text; NULL: it has none, or not as text. */
static const char *begin(struct row_look *look, const struct form *form, const char *text,
			 const char *end)
{
	const char *row = skip(text + 1, end);

	if (end - row < ROW_TEXT_MAX)
		return NULL;
	if ((!look->len || !looks_like(look, row)) && !learn(look, form, row, end))
		return NULL;
	look->stride = stride_at(look, row, end);
	return look->stride ? row : NULL;
}

static bool was_seen(const struct seen_rows *seen, const struct row_look *look, u64 key)
{
	return seen->key == key && seen->stride == look->stride &&
	       !memcmp(seen->digits, look->digits, sizeof(seen->digits));
}

/* Hosts that come again are worth keeping; what differs in a few rows is not new. */
static void keep(struct seen_rows *seen, const struct row_look *look, u64 key, const char *text,
		 size_t len, const u32 *word, size_t nr_words, unsigned int nr)
{
	seen->text = xrealloc(seen->text, len, 1);
	memcpy(seen->text, text, len);
	seen->word = xrealloc(seen->word, nr_words, sizeof(*word));
	memcpy(seen->word, word, nr_words * sizeof(*word));
	seen->nr = nr;
	seen->key = key;
	seen->stride = look->stride;
	memcpy(seen->digits, look->digits, sizeof(seen->digits));
}

/* The rows from @text on: their words, and in @nr how many. */
static const char *read_rows(struct row_reader *r, const struct row_look *look,
			     const struct form *form, const char *text, const char *end, u64 key,
			     u32 *word, unsigned int *nr)
{
	struct seen_rows *seen = find(r, key);
	unsigned int known = was_seen(seen, look, key) ? seen->nr : 0, n = 0, changed = 0;
	const char *row = text;
	u32 *at = word;

	for (;; row += look->stride, at += form->nr) {
		if (n == form->most || (size_t)(end - row) <= look->len)
			return NULL;
		if (n >= known) {
			if (!read_row(look, form, row, at))
				return NULL;
			changed++;
		} else if (!memcmp(row, seen->text + n * look->stride, look->len)) {
			memcpy(at, seen->word + n * form->nr, form->nr * sizeof(*at));
		} else {
			if (!read_like(look, form, row, seen->text + n * look->stride,
				       seen->word + n * form->nr, at))
				return NULL;
			changed++;
		}
		if (n && order(form, at - form->nr) >= order(form, at))
			return NULL;
		n++;
		if (row[look->len] == ']')
			break;
		if (stride_at(look, row, end) != look->stride)
			return NULL;
	}
	if (n <= SEEN_MOST && (!known || 2 * changed > n))
		keep(seen, look, key, text, row + look->len - text, word, n * form->nr, n);
	*nr = n;
	return row + look->len + 1;
}

static_assert(sizeof(struct kl_leaf) == 6 * sizeof(u32), "a leaf is the words of its row");

const char *leaves_read(struct row_reader *r, const char *text, const char *end, u64 salt,
			struct words *w)
{
	const char *row = begin(&r->leaves, &leaf_form, text, end);
	struct kl_leaf leaf[WORDS_MAX_LEAVES];
	unsigned int n;

	if (!row)
		return NULL;
	r->host = key_of(&r->leaves, row, end, salt);
	text = read_rows(r, &r->leaves, &leaf_form, row, end, r->host, (u32 *)leaf, &n);
	if (!text)
		return NULL;
	w->leaf = xrealloc(NULL, words_room(n), sizeof(*leaf));
	memcpy(w->leaf, leaf, n * sizeof(*leaf));
	w->nr_leaves = n;
	return text;
}

const char *msrs_read(struct row_reader *r, const char *text, const char *end, u64 salt,
		      struct words *w)
{
	const char *row = begin(&r->msrs, &msr_form, text, end);
	u32 word[WORDS_MAX_MSRS][3];
	unsigned int n, i;

	if (!row)
		return NULL;
	text = read_rows(r, &r->msrs, &msr_form, row, end, r->host ^ r->msrs.stride << 8 ^ salt,
			 word[0], &n);
	if (!text)
		return NULL;
	w->msr = xrealloc(NULL, words_room(n), sizeof(*w->msr));
	for (i = 0; i < n; i++)
		w->msr[i] = (struct kl_msr){ word[i][0], (u64)word[i][1] << 32 | word[i][2] };
	w->nr_msrs = n;
	return text;
}

void row_reader_free(struct row_reader *r)
{
	unsigned int i;

	for (i = 0; i < SEEN_ROWS; i++) {
		free(r->seen[i].text);
		free(r->seen[i].word);
	}
	memset(r, 0, sizeof(*r));
}
