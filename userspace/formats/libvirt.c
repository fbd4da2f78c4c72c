// SPDX-License-Identifier: GPL-2.0
/*
 * libvirt's <cpudata>, as its tests and bug reports hold processors:
 *
 *	<cpudata arch='x86'>
 *	  <cpuid eax_in='0x00000007' ecx_in='0x00' eax='0x0' ebx='0x...' ecx='0x...' edx='0x...'/>
 *	  <msr index='0x10a' edx='0x00000000' eax='0x0c04c0eb'/>
 *	</cpudata>
 *
 * An attribute that isn't there is 0. libxml2 parses: no network, no entities, no DTD.
 */
#include <ctype.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

#include "build.h"
#include "formats.h"

static unsigned int line_of(const xmlNode *node)
{
	return xmlGetLineNo((xmlNode *)node);
}

/* A number as strtoul() with base 0 takes it, but for octal, which nobody means. */
static int number(const char *text, u32 *out)
{
	struct line l = { .at = text, .end = text + strlen(text) };
	u64 n;

	if (eat_word(&l, "0x") || eat_word(&l, "0X")) {
		if (!eat_hex(&l, 1, 8, &n))
			return -1;
		*out = n;
	} else if (!eat_decimal(&l, out)) {
		return -1;
	}
	return l.at == l.end ? 0 : -1;
}

struct attribute {
	const char *name;
	u32 *out;
	bool needed;
};

static int read_attribute(const struct text *t, const xmlNode *node, const xmlAttr *attr,
			  const struct attribute *known)
{
	const struct attribute *k = known;
	xmlChar *value;
	int err;

	while (k->name && strcmp(k->name, (const char *)attr->name))
		k++;
	if (!k->name)
		return text_bad(t, line_of(node), "unknown attribute \"%.40s\" in <%s>",
				(const char *)attr->name, (const char *)node->name);
	value = xmlNodeListGetString(node->doc, attr->children, 1);
	err = value ? number((const char *)value, k->out) : -1;
	if (err)
		text_bad(t, line_of(node), "%s=\"%.24s\" is no number of 32 bits such as \"0x1f\"",
			 k->name, value ? (const char *)value : "");
	xmlFree(value);
	return err;
}

/* @known ends with a NULL name; what is not there stays as it is. */
static int read_attributes(const struct text *t, const xmlNode *node,
			   const struct attribute *known)
{
	const xmlAttr *attr;

	for (attr = node->properties; attr; attr = attr->next)
		if (read_attribute(t, node, attr, known))
			return -1;
	for (; known->name; known++)
		if (known->needed && !xmlHasProp((xmlNode *)node, (const xmlChar *)known->name))
			return text_bad(t, line_of(node), "<%s> has no %s",
					(const char *)node->name, known->name);
	return 0;
}

static int read_cpuid(struct build *b, const xmlNode *node)
{
	struct kl_leaf leaf = { 0 };
	const struct attribute known[] = {
		{ "eax_in", &leaf.leaf, true },
		{ "ecx_in", &leaf.subleaf, false },
		{ "eax", &leaf.r[KL_EAX], false },
		{ "ebx", &leaf.r[KL_EBX], false },
		{ "ecx", &leaf.r[KL_ECX], false },
		{ "edx", &leaf.r[KL_EDX], false },
		{ NULL, NULL, false },
	};

	if (read_attributes(b->in, node, known))
		return -1;
	return build_leaf(b, line_of(node), &leaf);
}

static int read_msr(struct build *b, const xmlNode *node)
{
	u32 index = 0, eax = 0, edx = 0;
	const struct attribute known[] = {
		{ "index", &index, true },
		{ "eax", &eax, false },
		{ "edx", &edx, false },
		{ NULL, NULL, false },
	};

	if (read_attributes(b->in, node, known))
		return -1;
	return build_msr(b, line_of(node), index, (u64)edx << 32 | eax);
}

static int read_rows(struct build *b, const xmlNode *root)
{
	const xmlNode *node;
	int err = 0;

	for (node = root->children; node && !err; node = node->next) {
		const char *name = (const char *)node->name;

		if (node->type == XML_COMMENT_NODE || xmlIsBlankNode(node))
			continue;
		if (node->type != XML_ELEMENT_NODE)
			err = text_bad(b->in, line_of(node), "in <cpudata> there are <cpuid> and <msr>, and no text");
		else if (!strcmp(name, "cpuid"))
			err = read_cpuid(b, node);
		else if (!strcmp(name, "msr"))
			err = read_msr(b, node);
		else
			err = text_bad(b->in, line_of(node),
				       "unknown element <%.40s> in <cpudata>", name);
	}
	return err;
}

static int read_document(const struct text *t, xmlDoc *doc, const struct sink *sink)
{
	const xmlNode *root = xmlDocGetRootElement(doc);
	struct build b = { .in = t };
	xmlChar *arch;
	bool x86;

	if (!root || strcmp((const char *)root->name, "cpudata"))
		return text_bad(t, root ? line_of(root) : 0,
				"<%.40s> is not libvirt's <cpudata>: of XML, that is what tells a processor's words",
				root ? (const char *)root->name : "");
	arch = xmlGetProp((xmlNode *)root, (const xmlChar *)"arch");
	x86 = !arch || xmlStrEqual(arch, (const xmlChar *)"x86") ||
	      xmlStrEqual(arch, (const xmlChar *)"x86_64") ||
	      xmlStrEqual(arch, (const xmlChar *)"i686");
	if (!x86)
		text_bad(t, line_of(root), "<cpudata> of arch \"%.24s\": only x86 is levelled",
			 (const char *)arch);
	xmlFree(arch);
	if (!x86)
		return -1;
	if (!read_rows(&b, root))
		return build_host(&b, sink);
	build_free(&b);
	return -1;
}

/* What libxml2 says ends with a newline of its own. */
static int bad_xml(const struct text *t, xmlParserCtxt *ctxt)
{
	const xmlError *e = xmlCtxtGetLastError(ctxt);
	int len = e && e->message ? strcspn(e->message, "\n") : 0;

	if (!len)
		return text_bad(t, 0, "not XML");
	return text_bad(t, e->line > 0 ? e->line : 0, "not XML: %.*s", len > 200 ? 200 : len,
			e->message);
}

/* Document types are for entities, and those for bombs: a processor needs none. */
static int refuse_doctype(const struct text *t)
{
	struct line line = { 0 };
	const char *at = strstr(t->bytes, "<!DOCTYPE");

	if (!at)
		return 0;
	while (text_line(t, &line) && line.end < at)
		;
	return text_bad(t, line.nr, "a document type: <cpudata> has none");
}

int libvirt_read(const struct text *t, const struct sink *sink)
{
	xmlParserCtxt *ctxt;
	xmlDoc *doc;
	int err;

	if (refuse_doctype(t))
		return -1;
	ctxt = xmlNewParserCtxt();
	if (!ctxt)
		return text_bad(t, 0, "out of memory");
	/* The encoding is given, or a declaration could hide what was looked for above. */
	doc = xmlCtxtReadMemory(ctxt, t->bytes, t->len, NULL, "UTF-8",
				XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
				XML_PARSE_BIG_LINES | XML_PARSE_NOCDATA);
	err = doc ? read_document(t, doc, sink) : bad_xml(t, ctxt);
	xmlFreeDoc(doc);
	xmlFreeParserCtxt(ctxt);
	return err;
}
