/* SPDX-License-Identifier: GPL-2.0 */
/* Style and script of the page; see html.c. */
#ifndef KL_HTML_H
#define KL_HTML_H

extern const char html_style[];
extern const char html_script[];

#endif /* KL_HTML_H */
