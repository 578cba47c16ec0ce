/** Text that is HTML already. */
export interface Markup {
  readonly markup: string;
}

type Content = string | number | Markup | readonly Markup[];

/** HTML with values in it. Every text among them is escaped: a route's name must not be able to write into the page. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  const pieces = parts.map((part, index) => part + (index < values.length ? written(values[index] ?? '') : ''));
  return { markup: pieces.join('') };
}

/** @param markup of our own making, such as an image */
export function trusted(markup: string): Markup {
  return { markup };
}

function written(value: Content): string {
  if (typeof value === 'string' || typeof value === 'number') return escaped(String(value));
  return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('\n');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
