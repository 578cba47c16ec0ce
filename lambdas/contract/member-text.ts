/** A string, or a mark that gives JSON its structure. What lies between them is numbers, words and white space. */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g;

/**
 * The value of an object's member as it is written, without the white space around it: parsed and written again, a
 * number could lose digits and a text its escapes. Of several members of one name the last counts, as in `JSON.parse`.
 *
 * @param json the text of an object that `JSON.parse` takes: what is no JSON is not noticed here
 * @returns undefined when there is no such member
 */
export function memberText(json: string, name: string): string | undefined {
  let found: string | undefined;
  let depth = 0;
  let previous = '';
  let isWanted = false;
  let valueBegins = 0;
  for (const { 0: token, index } of json.matchAll(tokens)) {
    if (depth === 1 && token === ':') {
      // Names can have escapes, too.
      isWanted = JSON.parse(previous) === name;
      valueBegins = index + 1;
    }
    if (depth === 1 && isWanted && (token === ',' || token === '}')) {
      found = json.slice(valueBegins, index).trim();
      isWanted = false;
    }
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
    previous = token;
  }
  return found;
}
