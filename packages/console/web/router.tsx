import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { base } from "./base.ts";

/** The path below the mount, from a slash on, and the query. */
export const place = signal(placeNow());

function placeNow(): { readonly path: string; readonly query: URLSearchParams } {
  const { pathname, search } = location;
  return { path: `/${pathname.slice(base.length)}`, query: new URLSearchParams(search) };
}

addEventListener("popstate", () => {
  place.value = placeNow();
});

/** Goes to a place below the mount. */
export function go(to: string, how: "push" | "replace" = "push"): void {
  history[how === "push" ? "pushState" : "replaceState"](null, "", base + to.replace(/^\//, ""));
  place.value = placeNow();
  if (how === "push") {
    scrollTo(0, 0);
    document.querySelector<HTMLElement>("main")?.focus();
  }
}

export interface LinkProps {
  /** Below the mount. */
  readonly to: string;
  readonly children: ComponentChildren;
  readonly class?: string;
  readonly "aria-current"?: "page";
}

export function Link({ to, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={base + to.replace(/^\//, "")} onClick={follow} {...rest}>
      {children}
    </a>
  );
}
