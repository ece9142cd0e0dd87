// Elements of the page. Text is always text: what is in the results cannot become markup.

/** An element with `attributes` and `children`: elements or texts; what is empty is left out. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) element.setAttribute(key, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined
    && child !== '' && child !== false));
  return element;
}

/** `text` that may be broken after an underscore. */
export function breakable(text) {
  return text.split(/(?<=_)/).flatMap((part, index) =>
    (index > 0 ? [document.createElement('wbr'), part] : [part]));
}
