/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes are a serialised object. The header is made to agree with them, so
 * that what comes after the checksum is reached. What is read can be used:
 * expectations hold or not, and writing it gives an object again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fl_abi.h"
#include "flo_impl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned int seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);

static void seal(uint8_t *file, size_t size)
{
	const uint32_t versions[] = { FL_FLO_VERSION, FL_ABI_VERSION };
	const uint64_t numbers[] = {
		size,
		fl_checksum(0, file + FL_FLO_HEADER, size - FL_FLO_HEADER),
		FL_FLO_NSECTIONS - 1,
	};

	memcpy(file, FL_FLO_MAGIC, FL_FLO_WORD);
	memcpy(file + FL_FLO_WORD, versions, sizeof(versions));
	memcpy(file + 2 * FL_FLO_WORD, numbers, sizeof(numbers));
}

/* A field of a record becomes another number; most of a file is programs, which nobody reads. */
static bool change_field(uint8_t *data, size_t size, unsigned int seed)
{
	static const uint64_t words[] = { 0, 1, 2, 3, 8, 255, 1ULL << 32, UINT64_MAX };
	unsigned int section = 1 + seed % (FL_FLO_NSECTIONS - 1);
	const uint8_t *entry = data + FL_FLO_HEADER + (section - 1) * FL_FLO_ENTRY;
	uint64_t at, len, word;

	if (size < FL_FLO_HEADER + (FL_FLO_NSECTIONS - 1) * FL_FLO_ENTRY || section == FL_FLO_ELF)
		return false;
	memcpy(&at, entry + 8, sizeof(at));
	memcpy(&len, entry + 16, sizeof(len));
	if (len < FL_FLO_WORD || at > size || len > size - at)
		return false;
	data += at + (seed >> 8) % (len / FL_FLO_WORD) * FL_FLO_WORD;
	memcpy(&word, data, sizeof(word));
	word = seed & 128 ? word + 1 : words[(seed >> 4) % 8];
	memcpy(data, &word, sizeof(word));
	return true;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned int seed)
{
	if (seed & 1 && change_field(data, size, seed >> 1))
		return size;
	return LLVMFuzzerMutate(data, size, most);
}

static uint64_t counter(void *arg, uint32_t rule, enum fl_counter which)
{
	const struct fl_object *obj = arg;

	return obj->rules[rule].line + (unsigned int)which;
}

static int64_t param(void *arg, uint32_t n)
{
	const struct fl_object *obj = arg;

	return obj->params[n].value;
}

/* All strings end, and numbers of other records are those of some. */
static size_t use(struct fl_object *obj)
{
	const struct fl_outcome outcome = { counter, param, obj, 1, 2 };
	size_t n = 0;

	for (size_t i = 0; i < obj->nexpects; i++)
		n += fl_expect_holds(&obj->expects[i], &outcome) + strlen(obj->expects[i].text);
	for (size_t i = 0; i < obj->nslots; i++) {
		const struct fl_obj_attach *on = &obj->attaches[obj->slots[i].attach];
		const struct fl_obj_rule *rule = &obj->rules[obj->slots[i].rule];

		n += strlen(obj->progs[on->prog].name) + strlen(obj->funcs[on->cookie >> 32]) +
		     strlen(rule->text) + rule->knobs->enabled +
		     obj->conds[obj->slots[i].cond].ntests;
	}
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *file = malloc(size + 1);
	struct fl_object *obj, *again;
	char why[FL_FLO_WHY];
	size_t len;
	void *copy;

	memcpy(file, data, size);
	if (size >= FL_FLO_HEADER)
		seal(file, size);
	if (!fl_flo_read(file, size, &obj, why)) {
		use(obj);
		if (fl_flo_write(obj, &copy, &len) || fl_flo_read(copy, len, &again, why))
			abort();
		fl_object_free(again);
		free(copy);
		fl_object_free(obj);
	} else if (!*why) {
		abort();
	}
	free(file);
	return 0;
}
