/** Where the console is mounted, as the browser sees it: found from where this file lies, and set nowhere. */
export const basePath: string = new URL(/* @vite-ignore */ "..", import.meta.url).pathname;
