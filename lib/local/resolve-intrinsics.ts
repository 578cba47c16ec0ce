import { TemplateError } from './template-error.ts';

/** What the names in a template stand for. */
export interface IntrinsicScope {
  /** A resource, parameter or pseudo parameter; undefined stands for `AWS::NoValue`. Throws TemplateError for an unknown one. */
  ref(name: string): string | undefined;
  /** Throws TemplateError for an unknown resource or attribute. */
  attribute(logicalId: string, attribute: string): string;
  /** The last word on a text put together from parts: an address in AWS becomes one on this machine. */
  localAddress(text: string): string;
}

/**
 * A value of a template with its intrinsic functions carried out. Properties and list items that come out as
 * `AWS::NoValue` are left out, as CloudFormation does.
 *
 * @throws TemplateError naming an intrinsic, resource or attribute that the local run does not know
 */
export function resolveIntrinsics(value: unknown, scope: IntrinsicScope): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => resolveIntrinsics(item, scope)).filter((item) => item !== undefined);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (only !== undefined && entries.length === 1 && isIntrinsic(only[0])) return carryOut(only[0], only[1], scope);
  const resolved = entries.map(([key, item]): [string, unknown] => [key, resolveIntrinsics(item, scope)]);
  return Object.fromEntries(resolved.filter(([, item]) => item !== undefined));
}

function isIntrinsic(key: string): boolean {
  return key === 'Ref' || key.startsWith('Fn::');
}

function carryOut(name: string, argument: unknown, scope: IntrinsicScope): unknown {
  switch (name) {
    case 'Ref':
      return scope.ref(text(argument, name));
    case 'Fn::GetAtt':
      return getAttribute(argument, scope);
    case 'Fn::Join': {
      const [delimiter, parts] = pair(argument, name);
      const texts = list(resolveIntrinsics(parts, scope), name).map((part) => text(part, name));
      return scope.localAddress(texts.join(text(delimiter, name)));
    }
    case 'Fn::Split': {
      const [delimiter, whole] = pair(argument, name);
      return text(resolveIntrinsics(whole, scope), name).split(text(delimiter, name));
    }
    case 'Fn::Select': {
      const [index, items] = pair(argument, name);
      return select(Number(text(index, name)), list(resolveIntrinsics(items, scope), name));
    }
    case 'Fn::Sub':
      return substitute(argument, scope);
    default:
      throw new TemplateError(
        `the local run does not know the intrinsic ${name} in ${JSON.stringify({ [name]: argument })}`,
      );
  }
}

function getAttribute(argument: unknown, scope: IntrinsicScope): string {
  const [logicalId, attribute] = Array.isArray(argument)
    ? pair(argument, 'Fn::GetAtt')
    : splitOnce(text(argument, 'Fn::GetAtt'));
  return scope.attribute(text(logicalId, 'Fn::GetAtt'), text(resolveIntrinsics(attribute, scope), 'Fn::GetAtt'));
}

function select(index: number, items: readonly unknown[]): unknown {
  if (index in items) return items[index];
  throw new TemplateError(`Fn::Select asks for item ${index} of ${items.length}`);
}

/** `${Name}` is a Ref, `${Name.Attribute}` a GetAtt, `${!Name}` the literal text `${Name}`. */
function substitute(argument: unknown, scope: IntrinsicScope): string {
  const [template, variables] = Array.isArray(argument) ? pair(argument, 'Fn::Sub') : [argument, {}];
  const values = new Map(Object.entries(resolveIntrinsics(variables, scope) ?? {}));
  const substituted = text(template, 'Fn::Sub').replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal !== '') return `\${${name}}`;
    if (values.has(name)) return text(values.get(name), 'Fn::Sub');
    if (name.includes('.')) return scope.attribute(...splitOnce(name));
    return text(scope.ref(name), 'Fn::Sub');
  });
  return scope.localAddress(substituted);
}

/** Attributes can have dots of their own (`Outputs.Name`), logical ids cannot. */
function splitOnce(name: string): [string, string] {
  const dot = name.indexOf('.');
  return dot === -1 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)];
}

function pair(argument: unknown, name: string): [unknown, unknown] {
  if (Array.isArray(argument) && argument.length === 2) return [argument[0], argument[1]];
  throw new TemplateError(`${name} takes a list of two, not ${JSON.stringify(argument)}`);
}

function list(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new TemplateError(`${name} takes a list, not ${JSON.stringify(value)}`);
}

function text(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TemplateError(`${name} takes text, not ${JSON.stringify(value)}`);
}
