/**
 * The look of the report. Plots name their colours and nothing else of it, so that one image suits a light screen and a
 * dark one. Text has a contrast of 4.5 at least on what it stands on, marks one of 3.
 */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --page: #f4f5f8; --card: #ffffff; --rule: #dfe3ea; --ink: #161b26; --muted: #545d70;
  --grid: #e8ebf0; --axis: #b4bbc8; --paused: #fbe7c2; --link: #1552a8;
  --good: #1a7040; --warn: #8a5200; --bad: #b3261e;
  --good-wash: #e5f3ea; --warn-wash: #fdf0d9; --bad-wash: #fce8e6;
  --accepted: #7ea6dc; --delivered: #0d4a9e; --p50: #2c86a8; --p99: #8a3ffc;
  --waiting: #2c86a8; --dead: #c22f26; --age: #8a5a00;
  --kind-1: #c22f26; --kind-2: #b76e00; --kind-3: #2c6fbb; --kind-4: #8a3ffc; --kind-5: #0f8070;
  --kind-6: #6b7280; --kind-7: #b5367a; --kind-8: #4c7a1e; --kind-9: #7a4f2b; --kind-10: #3b5b73;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f131a; --card: #181d27; --rule: #2b3240; --ink: #e9edf5; --muted: #a3adbf;
    --grid: #262d3a; --axis: #4a5466; --paused: #46371a; --link: #8ab8ff;
    --good: #6fd39a; --warn: #f2b95c; --bad: #ff9a91;
    --good-wash: #16291f; --warn-wash: #2f2614; --bad-wash: #351c1b;
    --accepted: #47699b; --delivered: #9cc6ff; --p50: #5cc0de; --p99: #c09bff;
    --waiting: #5cc0de; --dead: #ff7b70; --age: #e5b45c;
    --kind-1: #ff7b70; --kind-2: #f2b95c; --kind-3: #77aef5; --kind-4: #c09bff; --kind-5: #4ecdb6;
    --kind-6: #aab2c0; --kind-7: #f38fc2; --kind-8: #a2d16a; --kind-9: #d2a57c; --kind-10: #94b6cf;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; padding: 28px 20px 40px; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
}
main { max-width: 1180px; margin: 0 auto; }
h1 { margin: 0; font-size: 24px; line-height: 1.25; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { margin: 0; font-size: 18px; line-height: 1.3; overflow-wrap: anywhere; }
h3 { margin: 0; font-size: 14px; font-weight: 600; line-height: 1.4; }
p { margin: 0; }
a { color: var(--link); text-underline-offset: 2px; }
code { font: 0.92em ui-monospace, SFMono-Regular, Menlo, "Liberation Mono", monospace; overflow-wrap: anywhere; }
.word { display: inline-block; max-width: 100%; }
.muted { color: var(--muted); }
.number { font-variant-numeric: tabular-nums; }
header p { margin-top: 4px; }
.verdict { margin: 18px 0 0; padding: 0; list-style: none; display: grid; gap: 8px; }
.verdict li { padding: 9px 14px; border-radius: 8px; border-left: 4px solid; overflow-wrap: anywhere; }
.good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); }
.verdict li { color: var(--ink); }
.verdict .good { border-color: var(--good); } .verdict .warn { border-color: var(--warn); } .verdict .bad { border-color: var(--bad); }
.verdict .good { background: var(--good-wash); } .verdict .warn { background: var(--warn-wash); }
.verdict .bad { background: var(--bad-wash); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 18px 0 0; }
.tiles div, .card { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; }
.tiles div { padding: 12px 14px; display: flex; flex-direction: column; }
.tiles dt { color: var(--muted); font-size: 13px; }
.tiles dd { margin: 0; }
.tiles .value { font-size: 24px; font-weight: 650; line-height: 1.3; font-variant-numeric: tabular-nums; }
.tiles .beside { color: var(--muted); font-size: 13px; }
section { margin-top: 34px; }
.head { display: flex; flex-wrap: wrap; gap: 4px 14px; align-items: baseline; margin-bottom: 12px; }
.state { font-size: 13px; font-weight: 600; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
.card.table { padding: 4px 16px; margin-top: 12px; }
th, td { padding: 8px 12px 8px 0; text-align: right; border-bottom: 1px solid var(--rule); font-weight: 400; }
th:first-child, td:first-child { text-align: left; overflow-wrap: anywhere; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--muted); font-size: 13px; }
tbody tr:last-child > * { border-bottom: 0; }
tfoot > tr > * { font-weight: 650; border-bottom: 0; border-top: 1px solid var(--rule); }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); gap: 12px; }
figure { margin: 0; padding: 11px 10px 8px 12px; display: flex; flex-direction: column; min-width: 0; }
figcaption { display: contents; }
.legend { margin: 4px 0 6px; padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: 0 14px; font-size: 13px; }
.legend li { color: var(--muted); overflow-wrap: anywhere; }
.legend b { color: var(--ink); font-weight: 600; font-variant-numeric: tabular-nums; }
.swatch { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin-right: 6px; }
.swatch.line, .swatch.step { height: 3px; vertical-align: 3px; }
figure svg { display: block; width: 100%; height: auto; margin-top: auto; }
figure svg text { font-family: inherit; font-variant-numeric: tabular-nums; }
.none { margin: auto 0; padding: 34px 0 38px; text-align: center; color: var(--muted); font-size: 14px; }
.notes { margin-top: 12px; font-size: 14px; color: var(--muted); max-width: 78ch; }
.notes + .notes { margin-top: 6px; }
.empty { margin-top: 18px; padding: 26px 22px; }
@media (max-width: 720px) {
  body { padding: 20px 14px 32px; }
  .tiles { grid-template-columns: repeat(2, 1fr); }
  .routes thead { display: none; }
  .routes table, .routes tbody { display: block; }
  .routes tr { display: grid; grid-template-columns: 1fr 1fr; gap: 0 18px; padding: 10px 0; border-bottom: 1px solid var(--rule); }
  .routes tr:last-child { border-bottom: 0; }
  .routes th, .routes td { display: flex; justify-content: space-between; gap: 8px; padding: 2px 0; border: 0; }
  .routes th { grid-column: 1 / -1; font-weight: 600; }
  .routes td::before { content: attr(data-label); color: var(--muted); font-size: 13px; }
}
@media print { body { background: none; padding: 0; } .card, .tiles div { break-inside: avoid; } }
`;
