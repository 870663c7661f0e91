import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { basePath } from "./base.ts";

interface Route {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** State of a history entry. */
interface HistoryEntry {
  /** Path of the previous page. */
  readonly from?: string;
  readonly scrollTop?: number;
}

/** The path relative to the mount, with a leading slash, and the query. */
export const currentRoute = signal<Route>(readRoute());

// The browser would scroll before the content is rendered.
history.scrollRestoration = "manual";

/** The last navigation, until something has taken the focus. */
let pendingNavigation: { readonly kind: "push" | "pop"; readonly y: number } | null = null;

function readRoute(): Route {
  const { pathname, search } = location;
  return { path: `/${pathname.slice(basePath.length)}`, query: new URLSearchParams(search) };
}

addEventListener("popstate", ({ state }: PopStateEvent) => {
  const before = currentRoute.value.path;
  currentRoute.value = readRoute();
  if (currentRoute.value.path !== before)
    pendingNavigation = { kind: "pop", y: (state as HistoryEntry | null)?.scrollTop ?? 0 };
});

/** Navigates to a path relative to the mount. `filter` adds a history entry but keeps focus and scroll position. */
export function navigate(to: string, mode: "push" | "replace" | "filter" = "push"): void {
  const address = basePath + to.replace(/^\//, "");
  const historyEntry = history.state as HistoryEntry | null;
  if (mode === "replace") history.replaceState(historyEntry, "", address);
  else {
    const from = currentRoute.value.path + location.search;
    history.replaceState({ ...historyEntry, scrollTop: scrollY } satisfies HistoryEntry, "");
    history.pushState(
      { from: mode === "filter" ? (historyEntry?.from ?? "") : from } satisfies HistoryEntry,
      "",
      address,
    );
  }
  if (mode === "push") {
    scrollTo(0, 0);
    pendingNavigation = { kind: "push", y: 0 };
  }
  currentRoute.value = readRoute();
}

/** Goes back if the previous page matches the pattern, otherwise navigates to the fallback. */
export function navigateBack(pattern: RegExp, fallback: string): void {
  if (pattern.test((history.state as HistoryEntry | null)?.from ?? "")) history.back();
  else navigate(fallback);
}

/** Whether the caller should restore its scroll position and take the focus after back navigation. */
export function takeScrollRestoration(): boolean {
  if (pendingNavigation?.kind !== "pop") return false;
  pendingNavigation = null;
  return true;
}

/** Focuses the heading after navigation, unless something else has the focus. */
export function focusHeading(heading: HTMLElement): void {
  if (pendingNavigation === null) return;
  const { y } = pendingNavigation;
  pendingNavigation = null;
  const focused = document.activeElement;
  if (focused !== null && focused !== document.body && focused.closest("main, dialog") !== null) return;
  heading.focus({ preventScroll: true });
  scrollTo(0, y);
}

export interface LinkProps {
  /** Relative to the mount. */
  readonly to: string;
  readonly children: ComponentChildren;
  readonly class?: string;
  /** Changes only the filter of the current page. */
  readonly isFilter?: boolean;
  readonly "aria-current"?: "page" | "true";
  readonly "aria-keyshortcuts"?: string;
}

export function Link({ to, children, isFilter = false, ...rest }: LinkProps) {
  const follow = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    navigate(to, isFilter ? "filter" : "push");
  };
  return (
    <a href={toHref(to)} onClick={follow} {...rest}>
      {children}
    </a>
  );
}

export function toHref(to: string): string {
  return basePath + to.replace(/^\//, "");
}
