// SPDX-License-Identifier: GPL-2.0-or-later
// page.js - the page from its data. All that comes from a journal or a kernel is
// put in as text, never as markup.
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const numbers = data.numbers;
const SHOWN = 50; // rows of a list, until more are asked for
const ORDER = ["handled", "absorbed", "missed", "finding", "hang", "crash"];

const byId = (id) => document.getElementById(id);

// An element with attributes and children; strings become text.
function make(name, attributes, ...children) {
	const element = document.createElement(name);

	for (const [key, value] of Object.entries(attributes || {})) {
		if (key === "onclick")
			element.addEventListener("click", value);
		else
			element.setAttribute(key, value);
	}
	element.append(...children.filter((child) => child !== null));
	return element;
}

const plural = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;

function seconds(s) {
	if (s >= 5400)
		return `${(s / 3600).toFixed(1)} h`;
	if (s >= 90)
		return `${(s / 60).toFixed(1)} min`;
	return s < 0.1 ? `${(s * 1000).toPrecision(2)} ms` : `${s.toPrecision(3)} s`;
}

function dot(outcome) {
	const element = make("span", { class: "dot" });

	element.style.background = `var(--${outcome})`;
	return element;
}

function say(text) {
	byId("status").textContent = byId("status").dataset.said = text;
	clearTimeout(say.timer);
	say.timer = setTimeout(() => { byId("status").textContent = ""; }, 2500);
}

async function copy(text, code) {
	try {
		await navigator.clipboard.writeText(text);
		say("Copied");
	} catch (error) {
		// where the clipboard is not given to pages: it is selected, to be copied by hand
		getSelection().selectAllChildren(code);
		say("Selected: copy it with Ctrl-C");
	}
}

// --- the first screen --------------------------------------------------------

function tile(href, value, words, extra) {
	return make("li", null, make("a", { href }, make("b", null, value), make("span", null, words), extra || null));
}

function showTiles() {
	const open = data.points.filter((point) => point.left).length;
	const done = make("i");
	const bar = make("span", { class: "bar", "aria-hidden": "true" }, done);

	done.style.flex = `0 0 ${(100 * numbers["points.injected"]) / Math.max(1, numbers["points.found"])}%`;
	done.style.background = "var(--handled)";
	byId("tiles").append(
		tile("#findings", String(numbers.findings), numbers.findings === 1 ? "finding" : "findings"),
		tile("#paths", `${numbers["points.injected"]} of ${numbers["points.found"]}`, "points injected", bar),
		tile("#left", String(open), open === 1 ? "point not done" : "points not done"),
		tile("#absorbed", String(numbers["outcomes.absorbed"]), "absorbed faults"),
		tile("#timeline", String(numbers.trials), `trials in ${seconds(data.seconds)}`));
}

function showOutcomes() {
	const bar = make("div", { class: "bar", "aria-hidden": "true" });
	const legend = make("ul", { class: "legend", "aria-label": "Outcomes of trials" });

	for (const outcome of ORDER) {
		const n = numbers[`outcomes.${outcome}`];
		const part = make("i");

		part.style.flex = String(n);
		part.style.background = `var(--${outcome})`;
		if (n)
			bar.append(part);
		legend.append(make("li", null, dot(outcome), `${n} ${outcome}`));
	}
	byId("outcomes").append(bar, legend);
}

function showHead() {
	const found = numbers.findings ? plural(numbers.findings, "finding") : "No findings";
	const how = data.exhausted ? "every point was injected"
		: `${numbers["points.injected"]} of ${plural(numbers["points.found"], "point")} injected so far`;

	byId("dir").textContent = data.dir;
	byId("verdict").textContent = `${found}; ${how}`;
	byId("verdict").className = numbers.findings ? "verdict-bad" : data.exhausted ? "verdict-good" : "verdict-open";
	byId("next").textContent = data.next;
	byId("command").textContent = data.command;
	byId("kernel").textContent = `on kernel ${data.kernel || "unknown"}, ` +
		`baseline ${seconds(data.baseline_seconds)}, ${plural(numbers.starts, "start")}`;
	showTiles();
	showOutcomes();
}

// --- faults and points in words --------------------------------------------------

function pointTitle(point) {
	const callers = point.path.slice(0, 3).map((frame) => ` < ${frame.replace(/\+0x[0-9a-f]+/, "")}`);

	return leafName(point) + callers.join("") + (point.path.length > 3 ? " < \u2026" : "");
}

function faultTitle(fault) {
	const point = data.points[fault.point];
	let text = `rule ${point.rule}: ${leafName(point)}`;

	if (fault.value)
		text += ` = ${fault.value}`;
	if (fault.occurrence)
		text += `, occurrence ${fault.occurrence}`;
	if (fault.mode)
		text += fault.mode === "on" ? ", and on from there" : ", and all calls from there";
	return text;
}

function pathList(point) {
	const list = make("ol", { class: "path" }, make("li", null, make("code", null, leafName(point))));

	for (const frame of point.path)
		list.append(make("li", null, make("code", null, frame)));
	if (!point.path.length)
		list.append(make("li", null, "any caller"));
	return list;
}

// A list whose rows are made when they are to be seen.
function showRows(box, items, makeRow) {
	const list = make("ul", { class: "rows" });
	let shown = 0;
	const more = make("button", { type: "button", class: "more", onclick: () => add() });

	function add() {
		const end = Math.min(items.length, shown + SHOWN);

		for (; shown < end; shown++)
			list.append(makeRow(items[shown]));
		more.textContent = `Show more (${items.length - shown})`;
		more.hidden = shown === items.length;
	}
	add();
	box.append(list, more);
}

// Its path is made when the row is opened.
function pointRow(point, why) {
	const details = make("details", null,
		make("summary", null, dot(outcomeOf(point)), make("code", null, pointTitle(point)),
			why ? make("span", { class: "why" }, why) : null));

	details.addEventListener("toggle", () => details.append(pathList(point),
		make("p", { class: "dim" }, `point ${point.key}, rule ${point.rule}, ` +
			`${plural(point.calls, "call")} in a run${point.unstable ? ", unstable" : ""}`)), { once: true });
	return make("li", null, details);
}

// --- sections --------------------------------------------------------------------

function showFinding(finding, i) {
	const code = make("code", null, finding.replay);
	const faults = finding.first.map((fault) => make("div", null,
		make("p", null, faultTitle(fault)), pathList(data.points[fault.point])));

	return make("article", { id: `finding-${finding.id}` },
		make("h3", null, `${finding.id}. ${finding.title}`),
		make("p", null, make("span", { class: "badge" }, finding.kind), " ",
			make("code", null, finding.fingerprint)),
		make("p", { class: "replay" }, code,
			make("button", { type: "button", "aria-label": `Copy the command that replays finding ${finding.id}`,
				onclick: () => copy(finding.replay, code) }, "Copy"),
			make("span", { class: "dim" }, plural(finding.faults, "fault"))),
		make("details", null,
			make("summary", null, "Fault and call path"), ...faults),
		finding.log ? make("details", i ? null : { open: "" },
			make("summary", null, "Log"), make("pre", { tabindex: "0" }, finding.log)) : null);
}

function showFindings() {
	const box = byId("finding-list");

	if (!data.findings.length)
		box.append(make("p", null, "None."));
	box.append(...data.findings.map(showFinding));
}

function showLeft() {
	const box = byId("left-list");
	const reasons = new Map();

	for (const point of data.points) {
		if (!point.left)
			continue;
		if (!reasons.has(point.left))
			reasons.set(point.left, []);
		reasons.get(point.left).push(point);
	}
	if (!reasons.size)
		box.append(make("p", null, "None: each point failed in trials, with all of its faults."));
	for (const [reason, points] of reasons) {
		box.append(make("h3", { class: "reason" }, `${plural(points.length, "point")} ${reason}`));
		showRows(box, points, (point) => pointRow(point, point.unstable ? "unstable" : ""));
	}
}

function showAbsorbed() {
	const box = byId("absorbed-list");

	if (!data.absorbed.length)
		box.append(make("p", null, "None."));
	else
		showRows(box, data.absorbed, (fault) =>
			pointRow(data.points[fault.point], `trial ${fault.trial}, ${faultTitle(fault)}`));
}

function showNumbers() {
	for (const [key, value] of Object.entries(numbers))
		byId("number-table").append(make("tr", null, make("th", { scope: "row" }, key),
			make("td", { "data-number": key }, String(value))));
}

// --- call paths --------------------------------------------------------------------

function describe(node) {
	const parts = OUTCOMES.filter((name) => node.counts[name])
		.map((name) => `${node.counts[name]} ${name === "none" ? "not tried" : name}`);

	return `${node.name}: ${plural(node.size, "point")} (${parts.join(", ")})`;
}

function pointsBelow(node) {
	return data.points.filter((point) => {
		let at = point.leaf;

		while (at && at !== node)
			at = at.parent;
		return at && (!icicle.searching || point.matches);
	});
}

let icicle = null;

function showSelected(node, changed) {
	byId("selected").textContent = describe(node);
	byId("zoom-out").disabled = icicle ? icicle.zoomed === icicle.root : true;
	if (changed)
		showPoints();
}

function showPoints() {
	const box = byId("point-list");
	const points = pointsBelow(icicle.zoomed);

	box.replaceChildren();
	if (icicle.zoomed !== icicle.root || icicle.searching)
		showRows(box, points, (point) => pointRow(point, point.left || point.outcome));
}

function search() {
	const matches = icicle.search(byId("search").value);

	byId("search-result").textContent = icicle.searching
		? `${matches} of ${plural(data.points.length, "point")}` : "";
	showPoints();
}

function showPaths() {
	data.points.forEach((point, i) => { point.id = i; });
	icicle = new Icicle(byId("icicle"), data.points, showSelected);
	icicle.draw();
	showSelected(icicle.root, false);
	byId("zoom-out").addEventListener("click", () => icicle.zoomOut());
	byId("search").addEventListener("input", search);
	byId("search").addEventListener("keydown", (event) => {
		if (event.key === "Enter")
			icicle.zoomToMatches();
	});
	document.addEventListener("keydown", (event) => {
		if (event.key !== "/" || event.target.tagName === "INPUT")
			return;
		byId("search").focus();
		event.preventDefault();
	});
}

// --- timeline ------------------------------------------------------------------------

const timeline = { canvas: byId("trials"), height: 120, selected: 0 };

// A column of pixels is as high as its longest trial and as bad as its worst.
function drawTrials() {
	const trials = data.trials;
	const { context, width } = prepareCanvas(timeline.canvas, timeline.height);
	const list = colours();
	const step = width / Math.max(1, trials.length);
	const most = Math.log1p(Math.max(1, ...trials.slice(0, 100000).map((t) => t.us)));
	const columns = new Map();

	timeline.width = width;
	trials.forEach((trial, i) => {
		const x = step < 1 ? Math.floor(i * step) : i * step;
		const column = columns.get(x) || { us: 0, rank: OUTCOMES.length + 1, outcome: "cut", start: false };
		const rank = OUTCOMES.indexOf(trial.outcome);

		column.us = Math.max(column.us, trial.us);
		column.start = column.start || (i > 0 && trials[i - 1].start !== trial.start);
		if (rank >= 0 && rank < column.rank)
			Object.assign(column, { rank, outcome: trial.outcome });
		columns.set(x, column);
	});
	for (const [x, column] of columns) {
		const high = 6 + (timeline.height - 18) * (Math.log1p(column.us) / most);

		context.fillStyle = list[column.outcome];
		context.fillRect(x, timeline.height - high, Math.max(1, step > 3 ? Math.min(step - 1, 40) : step), high);
		if (column.start) {
			context.fillStyle = list.text;
			context.fillRect(Math.max(0, x - (step > 3 ? 1 : 0)), 0, 1, timeline.height);
		}
	}
	if (trials.length && document.activeElement === timeline.canvas) {
		context.fillStyle = list.focus;
		context.fillRect(timeline.selected * step, 0, Math.max(2, Math.min(step - 1, 40)), 4);
	}
	timeline.canvas.dataset.columns = columns.size;
}

function showTrial(i) {
	const trial = data.trials[i];

	if (!trial)
		return;
	byId("trial").replaceChildren(dot(trial.outcome),
		`trial ${trial.n}${trial.again ? " (repeated)" : ""}: ${trial.outcome} in ${seconds(trial.us / 1e6)}, ` +
		`start ${trial.start}; ${faultTitle(trial)}; ${pointTitle(data.points[trial.point])}`);
	if (trial.finding)
		byId("trial").append(" ", make("a", { href: `#finding-${trial.finding}` }, `finding ${trial.finding}`));
}

function chooseTrial(i) {
	timeline.selected = Math.max(0, Math.min(data.trials.length - 1, i));
	drawTrials();
	showTrial(timeline.selected);
}

function showTimeline() {
	const canvas = timeline.canvas;
	const under = (event) => Math.floor(((event.clientX - canvas.getBoundingClientRect().left) /
		timeline.width) * data.trials.length);

	drawTrials();
	canvas.addEventListener("mousemove", (event) => showTrial(under(event)));
	canvas.addEventListener("mouseleave", () => showTrial(timeline.selected));
	canvas.addEventListener("click", (event) => chooseTrial(under(event)));
	canvas.addEventListener("focus", () => chooseTrial(timeline.selected));
	canvas.addEventListener("blur", drawTrials);
	canvas.addEventListener("keydown", (event) => {
		const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: -100, PageDown: 100, Home: -Infinity, End: Infinity };

		if (!(event.key in steps) || event.ctrlKey || event.altKey || event.metaKey)
			return;
		chooseTrial(timeline.selected + steps[event.key]);
		event.preventDefault();
	});
}

function redraw() {
	icicle.draw();
	drawTrials();
}

byId("head").hidden = byId("main").hidden = false;
showHead();
showFindings();
showPaths();
showTimeline();
showLeft();
showAbsorbed();
showNumbers();
addEventListener("resize", redraw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
document.documentElement.dataset.ready = "yes";
