// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "render.h"

#define LABEL_WIDTH 13
#define LINE_WIDTH 80

struct render {
	struct json_out *json;	/* NULL: text */
	FILE *to;
	char *text;
	size_t len;
	int at;			/* column, in a list */
	bool some;		/* the list has an item */
	bool quiet;		/* the list is for JSON only */
	const struct column *column;
	unsigned int nr_columns;
	char **cell;		/* of the table, row by row */
	size_t nr_cells;
};

struct render *render_begin(const char *schema)
{
	struct render *r = xrealloc(NULL, 1, sizeof(*r));

	*r = (struct render){ 0 };
	if (tool.json) {
		r->json = json_out_new();
		json_out_object(r->json, NULL);
		json_out_string(r->json, "schema", schema);
		return r;
	}
	r->to = open_memstream(&r->text, &r->len);
	if (!r->to) {
		say("out of memory");
		exit(REFUSED);
	}
	return r;
}

struct json_out *render_json(struct render *r)
{
	return r->json;
}

static char *format(const char *fmt, va_list args)
{
	char *text;

	if (vasprintf(&text, fmt, args) < 0) {
		say("out of memory");
		exit(REFUSED);
	}
	return text;
}

static void labelled(struct render *r, const char *label, const char *text)
{
	fprintf(r->to, "%-*s%s\n", LABEL_WIDTH, label, text);
}

void render_string(struct render *r, const char *key, const char *label, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = format(fmt, args);
	va_end(args);
	if (r->json && key)
		json_out_string(r->json, key, text);
	else if (!r->json && label)
		labelled(r, label, text);
	free(text);
}

void render_uint(struct render *r, const char *key, const char *label, uint64_t value)
{
	if (r->json && key)
		json_out_uint(r->json, key, value);
	else if (!r->json && label)
		fprintf(r->to, "%-*s%" PRIu64 "\n", LABEL_WIDTH, label, value);
}

void render_bool(struct render *r, const char *key, const char *label, bool value)
{
	if (r->json && key)
		json_out_bool(r->json, key, value);
	else if (!r->json && label)
		labelled(r, label, value ? "yes" : "no");
}

void render_line(struct render *r, const char *fmt, ...)
{
	va_list args;

	if (r->json)
		return;
	va_start(args, fmt);
	vfprintf(r->to, fmt, args);
	va_end(args);
	fputc('\n', r->to);
}

void render_list(struct render *r, const char *key, const char *label)
{
	r->some = false;
	if (r->json) {
		json_out_array(r->json, key);
		json_out_flat(r->json);
		return;
	}
	r->quiet = !label;
	if (r->quiet)
		return;
	fprintf(r->to, "%-*s", LABEL_WIDTH, label);
	r->at = LABEL_WIDTH;
}

void render_item(struct render *r, const char *fmt, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, fmt);
	text = format(fmt, args);
	va_end(args);
	len = strlen(text);
	if (r->json) {
		json_out_string(r->json, NULL, text);
	} else if (!r->quiet) {
		if (r->some && r->at + 1 + len > LINE_WIDTH) {
			fprintf(r->to, "\n%*s", LABEL_WIDTH, "");
			r->at = LABEL_WIDTH;
		} else if (r->some) {
			fputc(' ', r->to);
			r->at++;
		}
		fputs(text, r->to);
		r->at += len;
		r->some = true;
	}
	free(text);
}

void render_list_end(struct render *r)
{
	if (r->json)
		json_out_end(r->json);
	else if (!r->quiet)
		fputs(r->some ? "\n" : "-\n", r->to);
}

void render_table(struct render *r, const char *key, const struct column *columns,
		  unsigned int nr)
{
	r->column = columns;
	r->nr_columns = nr;
	r->nr_cells = 0;
	r->cell = NULL;
	if (r->json)
		json_out_array(r->json, key);
}

/* The key of the cell that comes now; opens and closes the row around it. */
static const char *cell_key(struct render *r)
{
	unsigned int i = r->nr_cells++ % r->nr_columns;

	if (!i) {
		if (r->nr_cells > 1)
			json_out_end(r->json);
		json_out_object(r->json, NULL);
		json_out_flat(r->json);
	}
	return r->column[i].key;
}

static void cell_text(struct render *r, char *text)
{
	r->cell = xrealloc(r->cell, r->nr_cells + 1, sizeof(*r->cell));
	r->cell[r->nr_cells++] = text;
}

void cell_string(struct render *r, const char *fmt, ...)
{
	const char *key;
	va_list args;
	char *text;

	va_start(args, fmt);
	text = format(fmt, args);
	va_end(args);
	if (!r->json) {
		cell_text(r, text);
		return;
	}
	key = cell_key(r);
	if (key)
		json_out_string(r->json, key, text);
	free(text);
}

void cell_uint(struct render *r, uint64_t value)
{
	const char *key;

	if (!r->json) {
		cell_text(r, xprintf("%" PRIu64, value));
		return;
	}
	key = cell_key(r);
	if (key)
		json_out_uint(r->json, key, value);
}

void cell_bool(struct render *r, bool value)
{
	const char *key;

	if (!r->json) {
		cell_text(r, xprintf("%s", value ? "yes" : "no"));
		return;
	}
	key = cell_key(r);
	if (key)
		json_out_bool(r->json, key, value);
}

void cell_none(struct render *r)
{
	if (!r->json)
		cell_text(r, xprintf("-"));
	else
		cell_key(r);
}

void cell_list(struct render *r, const char *text, const char *const *values, unsigned int nr)
{
	const char *key;
	unsigned int i;

	if (!r->json) {
		cell_text(r, xprintf("%s", text));
		return;
	}
	key = cell_key(r);
	if (!key)
		return;
	json_out_array(r->json, key);
	for (i = 0; i < nr; i++)
		json_out_string(r->json, NULL, values[i]);
	json_out_end(r->json);
}

void cell_words(struct render *r, const char *text)
{
	const char *key;

	if (!r->json) {
		cell_text(r, xprintf("%s", *text ? text : "-"));
		return;
	}
	key = cell_key(r);
	if (!key)
		return;
	json_out_array(r->json, key);
	while (*text) {
		size_t len = strcspn(text, ",");
		char *word = xprintf("%.*s", (int)len, text);

		json_out_string(r->json, NULL, word);
		free(word);
		text += len;
		text += strspn(text, ", ");
	}
	json_out_end(r->json);
}

static void print_row(struct render *r, char **cell, const size_t *width)
{
	unsigned int i, last = 0;

	for (i = 0; i < r->nr_columns; i++)
		if (r->column[i].label)
			last = i;
	for (i = 0; i <= last; i++) {
		const struct column *c = &r->column[i];
		const char *text = cell ? cell[i] : c->label;

		if (!c->label)
			continue;
		if (c->right)
			fprintf(r->to, "%*s", (int)width[i], text);
		else
			fprintf(r->to, "%-*s", i == last ? 0 : (int)width[i], text);
		fputs(i == last ? "\n" : "  ", r->to);
	}
}

void render_table_end(struct render *r)
{
	size_t width[MAX_COLUMNS] = { 0 }, i, len;
	unsigned int c;

	if (r->json) {
		if (r->nr_cells)
			json_out_end(r->json);
		json_out_end(r->json);
		return;
	}
	/* Below other things a table stands apart, and one without rows says nothing. */
	if (ftell(r->to) > 0 && !r->nr_cells)
		return;
	if (ftell(r->to) > 0)
		fputc('\n', r->to);
	for (c = 0; c < r->nr_columns; c++)
		width[c] = r->column[c].label ? strlen(r->column[c].label) : 0;
	for (i = 0; i < r->nr_cells; i++) {
		len = strlen(r->cell[i]);
		if (len > width[i % r->nr_columns])
			width[i % r->nr_columns] = len;
	}
	print_row(r, NULL, width);
	for (i = 0; i < r->nr_cells; i += r->nr_columns)
		print_row(r, &r->cell[i], width);
	for (i = 0; i < r->nr_cells; i++)
		free(r->cell[i]);
	free(r->cell);
	r->cell = NULL;
}

int render_drop(struct render *r)
{
	size_t len;

	if (r->json) {
		free(json_out_finish(r->json, &len));
	} else {
		fclose(r->to);
		free(r->text);
	}
	free(r);
	return REFUSED;
}

int render_end(struct render *r, const char *path)
{
	size_t len;
	char *text;
	int err;

	if (r->json) {
		text = json_out_finish(r->json, &len);
	} else {
		if (fclose(r->to)) {
			say("out of memory");
			exit(REFUSED);
		}
		text = r->text;
		len = r->len;
	}
	err = write_whole(path, text, len);
	free(text);
	free(r);
	return err ? REFUSED : DONE;
}
