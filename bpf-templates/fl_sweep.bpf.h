/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fl_sweep.bpf.h - campaigns: which point a matched call is, and whether this
 * trial makes it fail.
 *
 * Needs fl_data.bpf.h and fl_stack.bpf.h. The emitted file defines FL_SWEEP, the
 * layout of struct module (FL_MODULE_NAME, _LIST, _TEXT, _TEXT_SIZE, _INIT,
 * _INIT_SIZE) and of struct task_struct (FL_TASK_FLAGS), and fl_interrupted(), the
 * bits of the preemption count that say in which interrupt this is.
 *
 * Programs run inside of the allocator: all maps are allocated in advance.
 */
#ifndef FL_SWEEP_BPF_H
#define FL_SWEEP_BPF_H

#define FL_MAP_MMAPABLE (1U << 10) /* BPF_F_MMAPABLE */
#define FL_PF_KTHREAD 0x00200000   /* include/linux/sched.h */
#define FL_PF_WQ_WORKER 0x00000020
#define FL_HARDIRQ_BITS 0xff0000 /* and NMI: include/linux/preempt.h */

static long (*const bpf_snprintf)(char *out, u32 size, const char *format, u64 *data,
				  u32 data_len) = (void *)165;

struct fl_sweep_knobs fl_sweep SEC(".data.sweep") = { .trial = 0 };

/* Mapped by the runtime, which reads points without a system call. */
struct {
	int (*type)[FL_MAP_TYPE_ARRAY];
	int (*map_flags)[FL_MAP_MMAPABLE];
	int (*max_entries)[FL_SWEEP_POINTS];
	u32 *key;
	struct fl_point *value;
} fl_points SEC(".maps");

/* By key, the number of a point. */
struct {
	int (*type)[FL_MAP_TYPE_HASH];
	int (*max_entries)[FL_SWEEP_POINTS];
	u64 *key;
	u32 *value;
} fl_point_numbers SEC(".maps");

/* Where a page of module text belongs. */
struct fl_text {
	u64 base;
	u64 id; /* of the module; odd for its init text */
};

struct {
	int (*type)[FL_MAP_TYPE_HASH];
	int (*max_entries)[FL_MODULE_PAGES];
	u64 *key;
	struct fl_text *value;
} fl_texts SEC(".maps");

struct {
	int (*type)[FL_MAP_TYPE_HASH];
	int (*max_entries)[FL_MODULES];
	u64 *key;
	struct fl_module *value;
} fl_modules SEC(".maps");

/*
 * By frame, "function+0x1a/0x2b [module]", formatted while the module is
 * loaded.
 */
struct {
	int (*type)[FL_MAP_TYPE_HASH];
	int (*max_entries)[FL_FRAME_NAMES];
	u64 *key;
	char (*value)[FL_FRAME_LEN];
} fl_frames SEC(".maps");

/* --- frames ------------------------------------------------------------- */

/* A return address as it is in every boot; 0: in nothing that is known. */
FL_INLINE u64 fl_normal(u64 address)
{
	u64 page = (address - 1) >> FL_PAGE_SHIFT;
	const struct fl_text *text;

	if (address - fl_sweep.text.start < fl_sweep.text.end - fl_sweep.text.start)
		return address - fl_sweep.text.start;
	text = bpf_map_lookup_elem(&fl_texts, &page);
	return text ? text->id << 32 | (u32)(address - text->base) : 0;
}

FL_INLINE int fl_is_cut(u64 address)
{
	int cut = 0;

#pragma clang loop unroll(full)
	for (int i = 0; i < FL_SWEEP_CUTS; i++)
		cut |= address - fl_sweep.cuts[i].start <
		       fl_sweep.cuts[i].end - fl_sweep.cuts[i].start;
	return cut;
}

/*
 * One frame, from the innermost on. What comes before the function's own frame
 * are programs and trampolines. Further out, a trampoline on another function
 * of the path belongs to nothing known, and the frame after it is that
 * function's entry, which called the trampoline: without rules on that
 * function neither would be there.
 *
 * What is known so far is in a map, where the verifier does not follow it from
 * frame to frame.
 */
static int fl_walk_frame(u32 i, struct fl_scratch **scratch)
{
	struct fl_scratch *s = *scratch;
	struct fl_walk *w = &s->walk;
	u64 address = s->stack[i & (FL_STACK_DEPTH - 1)], frame;

	if (!w->begun) {
		w->begun = address - w->ip < FL_ENTRY_BYTES;
		return 0;
	}
	frame = fl_normal(address);
	if (!frame || w->skip) {
		w->skip = !frame;
		return 0;
	}
	s->stack[w->n++ & (FL_STACK_DEPTH - 1)] = frame;
	w->hash = fl_mix(w->hash ^ frame);
	return fl_is_cut(address);
}

/* The path of this call into @s (NULL: it does not matter), and the key of its point. */
FL_INLINE u64 fl_walk_path(struct fl_call *c, u64 rule, struct fl_scratch *s)
{
	u64 hash = fl_mix(fl_mix(rule + 1) ^ fl_normal(c->ip + 1)), frames;

	if (!s)
		return hash;
	s->walk = (struct fl_walk){ .ip = c->ip, .hash = hash };
	frames = fl_share_stack(c, s);
	/* which takes the place of what it was made from */
	bpf_loop(frames, fl_walk_frame, &s, 0);
	c->frames = 0;
	if (frames == FL_STACK_DEPTH)
		c->is_cut = 1;
	return s->walk.hash;
}

/* --- points --------------------------------------------------------------- */

FL_INLINE u32 fl_context(u32 interrupted)
{
	int bad = 0;
	u32 flags;

	if (interrupted & FL_HARDIRQ_BITS)
		return FL_SWEEP_HARDIRQ;
	if (interrupted)
		return FL_SWEEP_SOFTIRQ;
	flags = FL_LOAD(u32, bpf_get_current_task() + FL_TASK_FLAGS, bad);
	if (flags & FL_PF_WQ_WORKER)
		return FL_SWEEP_WORKQUEUE;
	return flags & FL_PF_KTHREAD ? FL_SWEEP_KTHREAD : FL_SWEEP_TASK;
}

static const char fl_frame_format[] = "%pB";

/* The kernel knows the names of a module's init text for as long as it has the text. */
static int fl_name_frame(u32 i, struct fl_scratch **scratch)
{
	struct fl_scratch *s = *scratch;
	u64 frame = s->stack[i & (FL_STACK_DEPTH - 1)], id = frame >> 32, address;
	u64 module = id & ~1ULL;
	const struct fl_module *m;

	if (!id || bpf_map_lookup_elem(&fl_frames, &frame))
		return 0;
	m = bpf_map_lookup_elem(&fl_modules, &module);
	if (!m)
		return 0;
	address = (id & 1 ? m->init : m->text) + (u32)frame;
	bpf_snprintf((char *)s->string[0].words, FL_FRAME_LEN, fl_frame_format, &address,
		     sizeof(address));
	bpf_map_update_elem(&fl_frames, &frame, s->string[0].words, 0);
	return 0;
}

/* Add a new point; NULL when there is no room. */
FL_INLINE struct fl_point *fl_new_point(struct fl_call *c, u64 key, struct fl_scratch *s,
					u32 interrupted)
{
	u32 number = *(volatile u64 *)&fl_sweep.points < fl_sweep.max_points
			     ? __sync_fetch_and_add(&fl_sweep.points, 1)
			     : fl_sweep.max_points;
	struct fl_point *p = bpf_map_lookup_elem(&fl_points, &number);

	c->point = number;
	if (!p)
		return 0;
	p->key = key;
	p->trial = fl_sweep.trial;
	p->after = fl_sweep.injected;
	p->ordinal = c->ordinal;
	p->slot = c->slot;
	p->each = s ? FL_SWEEP_PATH : FL_SWEEP_FUNCTION;
	p->context = fl_context(interrupted);
	p->nframes = s ? s->walk.n : 0;
	if (s) {
		bpf_loop(s->walk.n, fl_name_frame, &s, 0);
		bpf_probe_read_kernel(p->frames, sizeof(p->frames), s->stack);
	}
	if (bpf_map_update_elem(&fl_point_numbers, &key, &number, 1 /* BPF_NOEXIST */)) {
		/* another CPU was faster, and this number stays empty */
		u32 *other = bpf_map_lookup_elem(&fl_point_numbers, &key);

		if (!other)
			return 0;
		c->point = number = *other;
		return bpf_map_lookup_elem(&fl_points, &number);
	}
	if (c->is_cut)
		__sync_fetch_and_add(&fl_sweep.cut, 1);
	__sync_lock_test_and_set(&p->ready, 1);
	return p;
}

/* The call's point, by its path in @s; counts the call there and gives its occurrence. */
FL_INLINE u64 fl_find_point(struct fl_call *c, u64 key, struct fl_scratch *s, u32 interrupted)
{
	u64 epoch = fl_sweep.trial << FL_PASSED_BITS, calls;
	u32 *number = bpf_map_lookup_elem(&fl_point_numbers, &key);
	struct fl_point *p;

	if (number) {
		u32 known = *number;

		c->point = known;
		p = bpf_map_lookup_elem(&fl_points, &known);
	} else {
		p = fl_new_point(c, key, s, interrupted);
	}
	if (!p) {
		__sync_fetch_and_add(&fl_sweep.lost, 1);
		return 0;
	}
	__sync_fetch_and_add(&p->total, 1);
	calls = *(volatile u64 *)&p->calls;
	if ((calls & ~FL_PASSED_MASK) != epoch)
		__sync_val_compare_and_swap(&p->calls, calls, epoch);
	return (__sync_fetch_and_add(&p->calls, 1) & FL_PASSED_MASK) + 1;
}

/* Is occurrence @n of the point with @key the call of fault @i, or one that follows it? */
FL_INLINE void fl_choose_by(struct fl_call *c, u32 i, u64 key, u64 n)
{
	const struct fl_sweep_fault *f = &fl_sweep.faults[i];

	if (!f->occurrence || f->key != key || n < f->occurrence ||
	    (n > f->occurrence && f->mode != FL_SWEEP_ON_POINT))
		return;
	__sync_fetch_and_add(&fl_sweep.reached[i], 1);
	c->chosen = i + 1;
	if (f->mode == FL_SWEEP_ON_ALL)
		fl_sweep.on_all = i + 1;
}

_Static_assert(FL_SWEEP_FAULTS == 8, "fl_choose() asks for each");
#define FL_CHOOSE_BY(i)             \
	if (fl_sweep.nfaults > (i)) \
	fl_choose_by(c, i, key, n)

/* Does the trial make this call fail? */
FL_INLINE void fl_choose(struct fl_call *c, u64 key, u64 n)
{
	const struct fl_sweep_fault *f;

	c->chosen = *(volatile u64 *)&fl_sweep.on_all;
	/* no loop: Linux 6.1 refuses those that are left by a jump */
	FL_CHOOSE_BY(0);
	FL_CHOOSE_BY(1);
	FL_CHOOSE_BY(2);
	FL_CHOOSE_BY(3);
	FL_CHOOSE_BY(4);
	FL_CHOOSE_BY(5);
	FL_CHOOSE_BY(6);
	FL_CHOOSE_BY(7);
	if (!c->chosen)
		return;
	f = &fl_sweep.faults[(c->chosen - 1) & (FL_SWEEP_FAULTS - 1)];
	c->has_given = f->has_value;
	c->given = f->value;
}

/* Rule @rule matched: find the point of this call, and whether it fails. */
FL_GLOBAL int fl_swept(struct fl_call *c, u32 rule)
{
	u32 interrupted = fl_interrupted(), prog, each = fl_sweep.each;
	struct fl_scratch *s = 0;
	u64 key = 0;

	if (!c || (interrupted && !fl_sweep.any_context))
		return 0;
	prog = c->prog;
	c->is_cut = c->chosen = c->has_given = 0;
	c->point = fl_sweep.max_points;
	c->ordinal = c->occurrence = __sync_fetch_and_add(&fl_sweep.matched, 1) + 1;
	__sync_fetch_and_add(&fl_counts(c->slot)->matched, 1);
	if (each == FL_SWEEP_PATH)
		s = bpf_map_lookup_elem(&fl_scratches, &prog);
	if (each != FL_SWEEP_CALL) {
		key = fl_walk_path(c, rule, s);
		c->occurrence = fl_find_point(c, key, s, interrupted);
	}
	c->key = key;
	fl_choose(c, key, c->occurrence);
	if (!c->chosen)
		return 0;
	if (each != FL_SWEEP_PATH) {
		/* for the record */
		s = bpf_map_lookup_elem(&fl_scratches, &prog);
		c->key = fl_walk_path(c, rule, s);
		fl_find_point(c, c->key, s, interrupted);
	}
	return 1;
}

/* The rule's actions are done: the call fails, and the trial records it. */
FL_GLOBAL int fl_sweep_hit(struct fl_call *c)
{
	u64 n = __sync_fetch_and_add(&fl_sweep.injected, 1);
	struct fl_sweep_hit *hit = &fl_sweep.hits[n & (FL_SWEEP_HITS - 1)];

	if (!c)
		return 0;
	if (c->has_given)
		c->value = c->given;
	if (n < FL_SWEEP_HITS) {
		hit->key = c->key;
		hit->occurrence = c->occurrence;
		hit->ordinal = c->ordinal;
		hit->time_ns = bpf_ktime_get_ns();
		hit->value = c->value;
		hit->point = c->point;
		hit->fault = c->chosen - 1;
	}
	return fl_inject(c, c->ordinal);
}

/* --- modules -------------------------------------------------------------- */

/* A stretch of module text, page by page. */
struct fl_stretch {
	u64 base;
	u64 id;
	u64 remove;
};

static int fl_one_page(u32 i, struct fl_stretch *s)
{
	struct fl_text text = { s->base, s->id }, *old;
	u64 page = (s->base >> FL_PAGE_SHIFT) + i;

	if (!s->remove) {
		if (bpf_map_update_elem(&fl_texts, &page, &text, 0))
			__sync_fetch_and_add(&fl_sweep.modules_lost, 1);
		return 0;
	}
	/* init text was freed, and may now belong to another module */
	old = bpf_map_lookup_elem(&fl_texts, &page);
	if (old && old->id == s->id)
		bpf_map_delete_elem(&fl_texts, &page);
	return 0;
}

FL_INLINE void fl_each_page(u64 base, u64 size, u64 id, int remove)
{
	struct fl_stretch s = { base, id, remove };

	if (base && size)
		bpf_loop((size + (1 << FL_PAGE_SHIFT) - 1) >> FL_PAGE_SHIFT, fl_one_page, &s, 0);
}

/* The number of a module: a hash of its name, the lowest bit kept free. */
FL_INLINE u64 fl_module_id(const struct fl_module *m)
{
	const u64 *words = (const u64 *)m->name;
	u64 hash = 0;

#pragma clang loop unroll(full)
	for (int i = 0; i < FL_MODULE_NAME_LEN / 8; i++)
		hash = fl_mix(hash ^ (words[i] + i + 1));
	return hash >> 33 << 1 | 1 << 8;
}

FL_GLOBAL int fl_forget_module(u64 id)
{
	struct fl_module *old = bpf_map_lookup_elem(&fl_modules, &id);

	if (!old)
		return 0;
	fl_each_page(old->text, old->text_size, id, 1);
	fl_each_page(old->init, old->init_size, id | 1, 1);
	old->text_size = old->init_size = 0;
	return 0;
}

FL_INLINE int fl_read_name(struct fl_module *m, u64 module)
{
	return bpf_probe_read_kernel_str(m->name, sizeof(m->name),
					 (void *)(module + FL_MODULE_NAME)) <= 0;
}

FL_GLOBAL int fl_add_module(u64 module)
{
	struct fl_module m = { .text = 0 };
	int bad = 0;
	u64 id;

	bad = fl_read_name(&m, module);
	m.text = FL_LOAD(u64, module + FL_MODULE_TEXT, bad);
	m.text_size = FL_LOAD(u32, module + FL_MODULE_TEXT_SIZE, bad);
	m.init = FL_LOAD(u64, module + FL_MODULE_INIT, bad);
	m.init_size = FL_LOAD(u32, module + FL_MODULE_INIT_SIZE, bad);
	if (bad)
		return 0;
	id = fl_module_id(&m);
	fl_forget_module(id);
	if (bpf_map_update_elem(&fl_modules, &id, &m, 0)) {
		__sync_fetch_and_add(&fl_sweep.modules_lost, 1);
		return 0;
	}
	fl_each_page(m.text, m.text_size, id, 0);
	fl_each_page(m.init, m.init_size, id | 1, 0);
	return 0;
}

/* module_load(module), module_free(module): include/trace/events/module.h */
SEC("raw_tp/module_load") u64 fl_on_module_load(u64 *ctx)
{
	fl_add_module(ctx[0]);
	return 0;
}

SEC("raw_tp/module_free") u64 fl_on_module_free(u64 *ctx)
{
	struct fl_module m = { .text = 0 };

	if (!fl_read_name(&m, ctx[0]))
		fl_forget_module(fl_module_id(&m));
	return 0;
}

static int fl_scan_one(u32 i, u64 *next)
{
	int bad = 0;
	u64 at = *next;

	if (at == fl_sweep.modules)
		return 1;
	fl_add_module(at - FL_MODULE_LIST);
	*next = FL_LOAD(u64, at, bad);
	return bad;
}

/* Run once by the runtime: those modules that are loaded already. */
SEC("syscall") u64 fl_scan_modules(u64 *ctx)
{
	int bad = 0;
	u64 next = FL_LOAD(u64, fl_sweep.modules, bad);

	if (bad)
		return 1;
	bpf_loop(FL_MODULES, fl_scan_one, &next, 0);
	return 0;
}

#endif /* FL_SWEEP_BPF_H */
