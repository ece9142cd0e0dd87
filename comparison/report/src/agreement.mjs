// Whether two results agree in their claims.

// A ranking's place: all of it but the order.
function placeOf({ order, ...place }) {
  return JSON.stringify(Object.entries(place).sort(([a], [b]) => (a < b ? -1 : 1)));
}

// "a before b" for each pair that the ranking tells apart.
function pairsOf({ order }) {
  return order.flatMap((group, index) => order.slice(index + 1).flat()
    .flatMap((behind) => group.map((ahead) => [ahead, behind])));
}

/**
 * What the rankings of `a` and `b` claim of each other's pairs: { both, one, contradictions }. Both
 * say so of `both` pairs, and only one of `one`; a contradiction is { where, pair }, with the pair
 * as `a` has it.
 */
export function agreement(a, b) {
  const theirs = new Map(b.rankings.map((each) => [placeOf(each), each]));
  const result = { both: 0, one: 0, contradictions: [] };
  let found = 0;
  for (const ranking of a.rankings) {
    const other = theirs.get(placeOf(ranking));
    const pairs = other ? new Set(pairsOf(other).map((pair) => JSON.stringify(pair))) : new Set();
    for (const pair of pairsOf(ranking)) {
      if (pairs.has(JSON.stringify(pair))) result.both += 1;
      else if (pairs.has(JSON.stringify([...pair].reverse())))
        result.contradictions.push({ where: ranking, pair });
      else result.one += 1;
    }
  }
  for (const ranking of b.rankings) found += pairsOf(ranking).length;
  result.one += found - result.both - result.contradictions.length;
  return result;
}
