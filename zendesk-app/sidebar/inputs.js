// @ts-check
// Ties the fields, messages, folds and buttons of an element to the inputs in view.

import { byId, field } from "./dom.js";
import { onRender, render } from "./state.js";

/**
 * Shows the inputs that `inView` returns inside `#rootId`, and takes in what the agent types.
 *
 * @param {string} rootId
 * @param {() => Inputs | null} inView
 */
export function bindInputs(rootId, inView) {
	const root = byId(rootId);
	root.addEventListener("input", ({ target }) => {
		const inputs = inView();
		if (!inputs || !isField(target) || target.type === "file") return;
		if (target.type === "checkbox") inputs.checks[target.id] = target.checked;
		else inputs.values[target.id] = target.value;
		// What is wrong with a field holds until it is changed.
		delete inputs.problems[target.id];
		render();
	});
	// Before the fold opens, and before anything is rendered with it still shut.
	root.addEventListener("click", ({ target }) => {
		const fold = target instanceof Element ? target.closest("summary")?.parentElement : null;
		const inputs = inView();
		if (fold instanceof HTMLDetailsElement && inputs) inputs.open[fold.id] = !fold.open;
	});
	// However it was opened; the event does not bubble.
	root.addEventListener("toggle", ({ target }) => rememberFold(target, inView()), true);
	onRender(() => {
		const inputs = inView();
		if (inputs) renderInputs(root, inputs);
	});
}

/** @param {EventTarget | null} target @returns {target is HTMLInputElement} */
const isField = (target) => target instanceof HTMLElement && target.matches("input, select, textarea");

/** @param {EventTarget | null} target @param {Inputs | null} inputs */
function rememberFold(target, inputs) {
	if (target instanceof HTMLDetailsElement && inputs) inputs.open[target.id] = target.open;
}

/** @param {HTMLElement} root @param {Inputs} inputs */
function renderInputs(root, inputs) {
	for (const input of root.querySelectorAll("input, select, textarea")) {
		if (isField(input)) renderField(input, inputs);
	}
	for (const fold of root.querySelectorAll("details")) {
		const isOpen = inputs.open[fold.id] ?? false;
		if (fold.open !== isOpen) fold.open = isOpen;
	}
	for (const problem of root.querySelectorAll("[data-problem]")) {
		const id = problem.getAttribute("data-problem") ?? "";
		writeText(problem, inputs.problems[id] ?? inputs.messages[problem.id] ?? "");
	}
	for (const message of root.querySelectorAll("[data-message]")) writeText(message, inputs.messages[message.id] ?? "");
	for (const button of root.querySelectorAll("button")) {
		// `disabled` would lose the keyboard's focus.
		if (button.id) button.ariaDisabled = String(inputs.busy[button.id] ?? false);
	}
}

/** @param {HTMLInputElement} input @param {Inputs} inputs */
function renderField(input, { values, checks, problems }) {
	if (input.type === "file") return;
	const value = values[input.id] ?? "";
	if (input.type === "checkbox") input.checked = checks[input.id] ?? false;
	else if (input.value !== value) input.value = value;
	input.ariaInvalid = String(input.id in problems);
}

/** @param {Element} element @param {string} text */
function writeText(element, text) {
	if (element.textContent !== text) element.textContent = text;
}

/** Says what is wrong with fields, all of them, and goes to the first. @param {Inputs} inputs @param {Record<string, string>} problems by field, in the page's order */
export function showProblems(inputs, problems) {
	Object.assign(inputs.problems, problems);
	render();
	const [first] = Object.keys(problems);
	if (first) field(first).focus();
}
