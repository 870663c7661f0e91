import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { basePath } from "./base.ts";

interface Route {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Kept by the browser with each entry of its history. */
interface HistoryEntry {
  /** Where one came from, within the page. */
  readonly from?: string;
  /** How far down it was scrolled. */
  readonly scrollTop?: number;
}

/** The path below the mount, from a slash on, and the query. */
export const currentRoute = signal<Route>(readRoute());

// The browser would scroll before what it scrolls to is there.
history.scrollRestoration = "manual";

/** How one came to where one is, and whether something has taken the focus there yet. */
let pendingNavigation: { readonly kind: "push" | "pop"; readonly y: number } | null = null;

function readRoute(): Route {
  const { pathname, search } = location;
  return { path: `/${pathname.slice(basePath.length)}`, query: new URLSearchParams(search) };
}

addEventListener("popstate", ({ state }: PopStateEvent) => {
  const before = currentRoute.value.path;
  currentRoute.value = readRoute();
  if (currentRoute.value.path !== before) pendingNavigation = { kind: "pop", y: (state as HistoryEntry | null)?.scrollTop ?? 0 };
});

/** Goes to a place below the mount: anew, instead of where one is, or with another filter, which moves no focus. */
export function navigate(to: string, mode: "push" | "replace" | "filter" = "push"): void {
  const address = basePath + to.replace(/^\//, "");
  const historyEntry = history.state as HistoryEntry | null;
  if (mode === "replace") history.replaceState(historyEntry, "", address);
  else {
    const from = currentRoute.value.path + location.search;
    history.replaceState({ ...historyEntry, scrollTop: scrollY } satisfies HistoryEntry, "");
    history.pushState({ from: mode === "filter" ? (historyEntry?.from ?? "") : from } satisfies HistoryEntry, "", address);
  }
  if (mode === "push") {
    scrollTo(0, 0);
    pendingNavigation = { kind: "push", y: 0 };
  }
  currentRoute.value = readRoute();
}

/** Goes back to where one came from if that is such a place, and else to it. */
export function navigateBack(pattern: RegExp, fallback: string): void {
  if (pattern.test((history.state as HistoryEntry | null)?.from ?? "")) history.back();
  else navigate(fallback);
}

/** Whether one came back, and nothing has taken the focus yet; who asks takes it. */
export function takeScrollRestoration(): boolean {
  if (pendingNavigation?.kind !== "pop") return false;
  pendingNavigation = null;
  return true;
}

/** Focuses the heading of a page that one came to, unless something else was focused meanwhile. */
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
  /** Below the mount. */
  readonly to: string;
  readonly children: ComponentChildren;
  readonly class?: string;
  /** It shows the same page in another way. */
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
