// SPDX-License-Identifier: GPL-2.0-or-later
// icicle.js - call paths as a picture: a tree of frames on a canvas. Only what is
// a pixel wide is drawn, so that ten thousand points cost as much as a hundred.
"use strict";

const ROW = 20;
const OUTCOMES = ["crash", "hang", "finding", "absorbed", "handled", "missed", "none"];

// What a point came to; "none" is one that was not tried.
function outcomeOf(point) {
	return OUTCOMES.includes(point.outcome) ? point.outcome : "none";
}

function colours() {
	const style = getComputedStyle(document.documentElement);
	const get = (name) => style.getPropertyValue(`--${name}`).trim();
	const list = { cut: get("cut") };

	for (const name of [...OUTCOMES, "text", "card", "ink", "focus", "line"])
		list[name] = get(name);
	return list;
}

// A canvas as sharp as the screen, and its context.
function prepareCanvas(canvas, height) {
	const scale = window.devicePixelRatio || 1;
	const width = canvas.clientWidth;

	canvas.style.height = `${height}px`;
	canvas.width = Math.round(width * scale);
	canvas.height = Math.round(height * scale);
	const context = canvas.getContext("2d");
	context.setTransform(scale, 0, 0, scale, 0, 0);
	return { context, width };
}

function newNode(name, parent) {
	return { name, parent, depth: parent ? parent.depth + 1 : 0, children: new Map(),
		from: 0, size: 0, counts: {}, matched: 0, point: null };
}

function leafName(point) {
	return (point.module ? `${point.module}:` : "") + point.function;
}

// Frames from the system call down to the function.
function buildTree(points) {
	const root = newNode("all call paths", null);

	for (const point of points) {
		let node = root;
		const frames = [...point.path].reverse();

		for (const frame of frames) {
			let next = node.children.get(frame);
			if (!next) {
				next = newNode(frame, node);
				node.children.set(frame, next);
			}
			node = next;
		}
		// one for each point: two rules may be on one call
		const leaf = newNode(leafName(point), node);
		leaf.point = point;
		node.children.set(`\n${point.id}`, leaf);
		point.leaf = leaf;
	}
	return root;
}

function addCounts(points) {
	for (const point of points) {
		const outcome = outcomeOf(point);

		for (let node = point.leaf; node; node = node.parent) {
			node.size++;
			node.counts[outcome] = (node.counts[outcome] || 0) + 1;
		}
	}
}

// Places from left to right, the largest first; the depth of all. Paths may be
// long, so there is a list instead of a recursion.
function placeAll(root) {
	let depth = 0;
	const todo = [root];

	while (todo.length) {
		const node = todo.pop();
		let from = node.from;

		depth = Math.max(depth, node.depth);
		node.list = [...node.children.values()].sort((a, b) => b.size - a.size);
		for (const child of node.list) {
			child.from = from;
			from += child.size;
			todo.push(child);
		}
	}
	return depth;
}

class Icicle {
	constructor(canvas, points, onSelect) {
		this.canvas = canvas;
		this.points = points;
		this.onSelect = onSelect;
		this.root = buildTree(points);
		addCounts(points);
		this.depth = placeAll(this.root);
		this.zoomed = this.root;
		this.selected = this.root;
		this.searching = false;
		canvas.addEventListener("click", (e) => this.click(e));
		canvas.addEventListener("mousemove", (e) => this.hover(e));
		canvas.addEventListener("mouseleave", () => this.onSelect(this.selected, false));
		canvas.addEventListener("keydown", (e) => this.key(e));
	}

	draw() {
		const { context, width } = prepareCanvas(this.canvas, (this.depth + 1) * ROW + 2);

		this.context = context;
		this.width = width;
		this.colours = colours();
		this.drawn = 0;
		this.filled = new Array(this.depth + 1).fill(-1);
		context.font = "12px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
		context.textBaseline = "middle";
		this.drawBelow();
		this.canvas.dataset.drawn = this.drawn;
		this.canvas.dataset.zoomed = this.zoomed.name;
		this.canvas.dataset.selected = this.selected.name;
	}

	// The left edge and the width of a node in pixels, cut to the canvas.
	place(node) {
		const unit = this.width / Math.max(1, this.zoomed.size);
		const left = (node.from - this.zoomed.from) * unit;
		const right = left + node.size * unit;
		const from = Math.max(0, left);

		return { x: from, w: Math.min(this.width, right) - from };
	}

	drawBelow() {
		const todo = [this.root];

		while (todo.length) {
			const node = todo.pop();
			const { x, w } = this.place(node);

			if (w <= 0)
				continue;
			if (w < 1) {
				// one of those that share a pixel stands for all
				if (Math.floor(x) <= this.filled[node.depth])
					continue;
				this.filled[node.depth] = Math.floor(x);
			}
			this.drawNode(node, x, w);
			for (let i = node.list.length - 1; i >= 0; i--)
				todo.push(node.list[i]);
		}
	}

	drawNode(node, x, w) {
		const context = this.context;
		const y = node.depth * ROW + 1;
		const gap = w > 3 ? 1 : 0;
		let at = x;

		this.drawn++;
		context.globalAlpha = this.searching && !node.matched ? 0.18 : 1;
		for (const outcome of OUTCOMES) {
			const part = ((node.counts[outcome] || 0) / node.size) * (w - gap);
			if (!part)
				continue;
			context.fillStyle = this.colours[outcome];
			context.fillRect(at, y, Math.max(part, node.point ? 1 : 0.5), ROW - 1);
			at += part;
		}
		if (w > 48)
			this.drawName(node, x, y, w - gap);
		context.globalAlpha = 1;
		if (node === this.selected) {
			context.lineWidth = 2;
			context.strokeStyle = this.colours.focus;
			context.strokeRect(x + 1, y + 1, Math.max(1, w - gap - 2), ROW - 3);
		}
	}

	// On a band of its own, so that it can be read on any colour.
	drawName(node, x, y, w) {
		const context = this.context;
		const most = Math.floor((w - 12) / 7.3);
		const name = node.name.length > most ? `${node.name.slice(0, Math.max(1, most - 1))}\u2026` : node.name;
		const wide = Math.min(w - 6, context.measureText(name).width + 8);

		context.fillStyle = this.colours.card;
		context.fillRect(x + 3, y + 3, wide, ROW - 7);
		context.fillStyle = this.colours.text;
		context.fillText(name, x + 7, y + ROW / 2);
	}

	at(event) {
		const box = this.canvas.getBoundingClientRect();
		const row = Math.floor((event.clientY - box.top - 1) / ROW);
		const unit = this.width / Math.max(1, this.zoomed.size);
		const place = this.zoomed.from + (event.clientX - box.left) / unit;
		let node = this.root;

		while (node && node.depth < row)
			node = node.list.find((n) => place >= n.from && place < n.from + n.size);
		return node && node.depth === row ? node : null;
	}

	click(event) {
		const node = this.at(event);

		if (node)
			this.zoom(node);
	}

	hover(event) {
		const node = this.at(event);

		this.onSelect(node || this.selected, false);
	}

	select(node) {
		this.selected = node;
		this.draw();
		this.onSelect(node, false);
	}

	zoom(node) {
		this.zoomed = node.point && node.parent ? node.parent : node;
		this.selected = node;
		this.draw();
		this.onSelect(node, true);
	}

	zoomOut() {
		this.zoom(this.zoomed.parent || this.root);
	}

	sibling(step) {
		const list = this.selected.parent ? this.selected.parent.list : [this.selected];

		return list[list.indexOf(this.selected) + step];
	}

	key(event) {
		const moves = {
			ArrowUp: () => this.selected.parent,
			ArrowDown: () => this.selected.list[0],
			ArrowLeft: () => this.sibling(-1),
			ArrowRight: () => this.sibling(1),
			Home: () => this.root,
		};

		if (event.ctrlKey || event.altKey || event.metaKey)
			return;
		if (event.key === "Enter" || event.key === " ") {
			this.zoom(this.selected);
		} else if (event.key === "Escape" || event.key === "Backspace") {
			this.zoomOut();
		} else if (moves[event.key]) {
			const next = moves[event.key]();
			if (next)
				this.select(next);
		} else {
			return;
		}
		event.preventDefault();
	}

	// Points that have the text in a frame, in their function or as their outcome.
	search(text) {
		const wanted = text.trim().toLowerCase();
		let matches = 0;

		this.searching = wanted !== "";
		for (const point of this.points) {
			if (!point.words)
				point.words = [leafName(point), outcomeOf(point), ...point.path].join("\n").toLowerCase();
			point.matches = !this.searching || point.words.includes(wanted);
			matches += point.matches;
			for (let node = point.leaf; node; node = node.parent)
				node.matched = 0;
		}
		for (const point of this.points) {
			for (let node = point.matches ? point.leaf : null; node; node = node.parent)
				node.matched++;
		}
		this.draw();
		return matches;
	}

	// The smallest block that all points with the text are below.
	zoomToMatches() {
		let node = this.root;

		for (;;) {
			const only = node.list.filter((n) => n.matched);
			if (only.length !== 1 || only[0].point)
				break;
			node = only[0];
		}
		this.zoom(node);
	}
}
