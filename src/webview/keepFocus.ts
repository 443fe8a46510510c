/**
 * Draws what is below `root`. Where that takes away what has the focus, as a button that is done with, `next` gives it
 * to something else: else the keyboard would be nowhere. A page that is not in use takes no focus.
 */
export function keepFocus(root: Element, draw: () => void, next: () => void): void {
  const hadFocus = document.activeElement !== document.body && root.contains(document.activeElement);
  draw();
  if (hadFocus && document.activeElement === document.body && document.hasFocus()) next();
}
