// Estimates the width of a text without its font: a wide letter of East Asia takes a whole em, any
// other a little more than half of one.
const WIDE = /[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]/;

export function widthOf(text, size) {
  return [...text].reduce((sum, letter) => sum + (WIDE.test(letter) ? 1 : 0.54) * size, 0);
}

/** `text` in lines no wider than `width`, but for a word that is wider by itself. */
export function wrap(text, size, width) {
  const lines = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
    if (lines.length > 0 && widthOf(longer, size) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
