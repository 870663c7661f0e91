import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { base } from "./base.ts";

interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Kept by the browser with each entry of its history. */
interface Entry {
  /** Where one came from, within the page. */
  readonly from?: string;
  /** How far down it was scrolled. */
  readonly y?: number;
}

/** The path below the mount, from a slash on, and the query. */
export const place = signal<Place>(placeNow());

// The browser would scroll before what it scrolls to is there.
history.scrollRestoration = "manual";

/** How one came to where one is, and whether something has taken the focus there yet. */
let arrival: { readonly how: "push" | "pop"; readonly y: number } | null = null;

function placeNow(): Place {
  const { pathname, search } = location;
  return { path: `/${pathname.slice(base.length)}`, query: new URLSearchParams(search) };
}

addEventListener("popstate", ({ state }: PopStateEvent) => {
  const before = place.value.path;
  place.value = placeNow();
  if (place.value.path !== before) arrival = { how: "pop", y: (state as Entry | null)?.y ?? 0 };
});

/** Goes to a place below the mount: anew, instead of where one is, or with another filter, which moves no focus. */
export function go(to: string, how: "push" | "replace" | "filter" = "push"): void {
  const address = base + to.replace(/^\//, "");
  const entry = history.state as Entry | null;
  if (how === "replace") history.replaceState(entry, "", address);
  else {
    const from = place.value.path + location.search;
    history.replaceState({ ...entry, y: scrollY } satisfies Entry, "");
    history.pushState({ from: how === "filter" ? (entry?.from ?? "") : from } satisfies Entry, "", address);
  }
  if (how === "push") {
    scrollTo(0, 0);
    arrival = { how: "push", y: 0 };
  }
  place.value = placeNow();
}

/** Goes back to where one came from if that is such a place, and else to it. */
export function goBack(isSuch: RegExp, otherwise: string): void {
  if (isSuch.test((history.state as Entry | null)?.from ?? "")) history.back();
  else go(otherwise);
}

/** Whether one came back, and nothing has taken the focus yet; who asks takes it. */
export function takeReturn(): boolean {
  if (arrival?.how !== "pop") return false;
  arrival = null;
  return true;
}

/** Focuses the heading of a page that one came to, unless something else was focused meanwhile. */
export function focusHeading(heading: HTMLElement): void {
  if (arrival === null) return;
  const { y } = arrival;
  arrival = null;
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
    go(to, isFilter ? "filter" : "push");
  };
  return (
    <a href={hrefOf(to)} onClick={follow} {...rest}>
      {children}
    </a>
  );
}

export function hrefOf(to: string): string {
  return base + to.replace(/^\//, "");
}
