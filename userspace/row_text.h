/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rows of CPUID and of MSRs as text, without a parser: in a fleet's file all rows look
 * alike but for their digits, and most of them are, digit by digit, the row that stood
 * in the same place of another host.
 */
#ifndef KL_ROW_TEXT_H
#define KL_ROW_TEXT_H

#include "words.h"

#define ROW_TEXT_MAX 192
#define LINE_SLACK 8

/* A row is so many words of eight digits: a leaf six, an MSR three (its value is two). */
#define ROW_WORDS_MAX 6

/* How a file writes its rows: learnt from one of them. */
struct row_look {
	unsigned int len;		/* of a row; 0: not learnt */
	unsigned int stride;		/* from row to row */
	unsigned int digits[ROW_WORDS_MAX];	/* where the digits of each word begin */
	/* The row without its digits, and which bits are not digits. */
	u64 fixed[ROW_TEXT_MAX / 8], mask[ROW_TEXT_MAX / 8];
};

/* Rows that were read before. */
struct seen_rows {
	char *text;
	u32 *word;
	/* The look of the text: another's offsets would find other digits in it. */
	unsigned int stride, digits[ROW_WORDS_MAX];
	unsigned int nr;
	u64 key;
	u64 used;		/* when last */
};

#define SEEN_ROWS 512		/* so many of them, in pairs, so long at most */
#define SEEN_MOST 128

struct row_reader {
	struct row_look leaves, msrs;
	struct seen_rows seen[SEEN_ROWS];
	u64 clock;
	u64 host;		/* what the leaves read last were found by */
};

/*
 * The array that begins at @text with '[', behind whose @end up to LINE_SLACK bytes
 * may be read, whatever they are: its rows into @w, in order and none twice.
 * Returns the text behind its ']', or NULL: it looks otherwise, and @w is as it was.
 * @salt: arrays of another kind, of the same processor, have another.
 */
const char *leaves_read(struct row_reader *r, const char *text, const char *end, u64 salt,
			struct words *w);
/* The same for the MSRs of the host whose leaves were read last. */
const char *msrs_read(struct row_reader *r, const char *text, const char *end, u64 salt,
		      struct words *w);
void row_reader_free(struct row_reader *r);

/* Eight hex digits; false: they are none. */
bool hex_eight(const char *text, u32 *out);

/* The room that words_add_leaf() takes for granted: a power of two. */
unsigned int words_room(unsigned int nr);

#endif /* KL_ROW_TEXT_H */
