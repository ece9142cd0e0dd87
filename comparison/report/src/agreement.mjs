// Whether two results agree in their claims.

// "a before b" for each pair that a ranking tells apart, by a key that names the ranking, too.
function claimsIn({ rankings }) {
  return new Map(rankings.flatMap((where) => where.order.flatMap((group, index) =>
    where.order.slice(index + 1).flat().flatMap((behind) =>
      group.map((ahead) => [keyOf(where, ahead, behind), { where, pair: [ahead, behind] }])))));
}

function keyOf({ order, ...place }, ahead, behind) {
  const sorted = Object.entries(place).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([sorted, ahead, behind]);
}

/**
 * Compares the rankings of `a` and `b`: { both, one, contradictions }. Both claim `both` pairs, and
 * only one of them claims `one`; a contradiction is { where, pair }, with the pair as `a` has it.
 */
export function agreement(a, b) {
  const [ours, theirs] = [a, b].map(claimsIn);
  const both = [...ours.keys()].filter((key) => theirs.has(key)).length;
  const contradictions = [...ours.values()].filter(
    ({ where, pair: [ahead, behind] }) => theirs.has(keyOf(where, behind, ahead)));
  const one = ours.size + theirs.size - 2 * (both + contradictions.length);
  return { both, one, contradictions };
}
