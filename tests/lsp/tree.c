/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage: tree QUERY FILE...
 *
 * Parses the files by the grammar of editors/tree-sitter. Prints a line for each
 * place that it could not, "FILE:LINE:COLUMN: error"; and for each name that
 * QUERY, a file of highlights, gives: "FILE:LINE:COLUMN: NAME TEXT".
 */
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tree_sitter/api.h>

#include "file.h"

const TSLanguage *tree_sitter_fault(void);

static void print_place(const char *path, TSNode node, const char *what)
{
	TSPoint at = ts_node_start_point(node);

	printf("%s:%u:%u: %s", path, at.row + 1, at.column + 1, what);
}

static void print_errors(const char *path, TSNode node)
{
	bool is_error = !strcmp(ts_node_type(node), "ERROR") || ts_node_is_missing(node);

	if (is_error) {
		print_place(path, node, "error");
		putchar('\n');
	}
	for (uint32_t i = 0; ts_node_has_error(node) && i < ts_node_child_count(node); i++)
		print_errors(path, ts_node_child(node, i));
}

/* #match? of a pattern that has it: "match?", a capture, an expression. */
static bool holds(const TSQuery *query, const TSQueryMatch *match, const char *text)
{
	uint32_t n, len;
	const TSQueryPredicateStep *step =
		ts_query_predicates_for_pattern(query, match->pattern_index, &n);
	char name[256];
	regex_t regex;
	bool found;

	if (!n)
		return true;
	for (uint16_t i = 0; i < match->capture_count; i++) {
		TSNode node = match->captures[i].node;
		uint32_t from = ts_node_start_byte(node);

		if (match->captures[i].index == step[1].value_id)
			snprintf(name, sizeof(name), "%.*s", (int)(ts_node_end_byte(node) - from),
				 text + from);
	}
	if (n != 4 ||
	    strcmp(ts_query_string_value_for_id(query, step[0].value_id, &len), "match?") ||
	    regcomp(&regex, ts_query_string_value_for_id(query, step[2].value_id, &len),
		    REG_EXTENDED | REG_NOSUB)) {
		fputs("a predicate that is not known\n", stderr);
		exit(2);
	}
	found = !regexec(&regex, name, 0, NULL, 0);
	regfree(&regex);
	return found;
}

static void print_names(const char *path, const char *text, TSNode root, const TSQuery *query)
{
	TSQueryCursor *cursor = ts_query_cursor_new();
	TSQueryMatch match;
	uint32_t n, len;

	ts_query_cursor_exec(cursor, query, root);
	while (ts_query_cursor_next_capture(cursor, &match, &n)) {
		TSQueryCapture capture = match.captures[n];
		uint32_t from = ts_node_start_byte(capture.node),
			 to = ts_node_end_byte(capture.node);

		if (!holds(query, &match, text))
			continue;
		print_place(path, capture.node,
			    ts_query_capture_name_for_id(query, capture.index, &len));
		printf(" %.*s\n", (int)(to - from), text + from);
	}
	ts_query_cursor_delete(cursor);
}

static TSQuery *read_query(const char *path)
{
	TSQueryError kind;
	uint32_t off;
	size_t len;
	char *text = fl_read_text(path, &len);
	TSQuery *query =
		text ? ts_query_new(tree_sitter_fault(), text, (uint32_t)len, &off, &kind) : NULL;

	if (!query)
		fprintf(stderr, "%s: %s %d at byte %u\n", path, text ? "error" : "unreadable", kind,
			off);
	free(text);
	return query;
}

int main(int argc, char **argv)
{
	TSParser *parser = ts_parser_new();
	TSQuery *query = argc > 2 ? read_query(argv[1]) : NULL;

	if (!query || !ts_parser_set_language(parser, tree_sitter_fault()))
		return 2;
	for (int i = 2; i < argc; i++) {
		size_t len;
		char *text = fl_read_text(argv[i], &len);
		TSTree *tree;

		if (!text) {
			perror(argv[i]);
			return 2;
		}
		tree = ts_parser_parse_string(parser, NULL, text, (uint32_t)len);
		print_errors(argv[i], ts_tree_root_node(tree));
		print_names(argv[i], text, ts_tree_root_node(tree), query);
		ts_tree_delete(tree);
		free(text);
	}
	ts_query_delete(query);
	ts_parser_delete(parser);
	return 0;
}
