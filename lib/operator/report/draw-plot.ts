import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, MarkAreaComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Mark, Plot } from './plot.ts';
import { shortCount, shortTime } from './say-number.ts';
import { secondsStep, timeLandmarks, timeTicks } from './ticks.ts';
import { periodStarts } from './time-window.ts';

use([BarChart, LineChart, GridComponent, MarkAreaComponent, SVGRenderer]);

/** As wide as a phone's page: there it is shown in its own size, and on a wide screen three stand side by side. */
const size = { width: 300, height: 156 } as const;
const margins = { outerBoundsMode: 'none', left: 52, right: 10, top: 8, bottom: 22 } as const;
const fontSize = 11.5;

/**
 * A plot as an SVG image. Title and legend are not in it, but in the page around it, where they can be wrapped and
 * read aloud; nor is any colour, but by its name in the page's style.
 */
export function drawPlot(plot: Plot): string {
  // Without a document to draw into: echarts writes the image as text.
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    chart.setOption({
      animation: false,
      grid: margins,
      xAxis: timeAxis(plot),
      yAxis: valueAxis(plot),
      series: [pauses(plot), ...plot.marks.map((mark) => series(mark, plot))],
    });
    return withoutLeftovers(chart.renderToSVGString(), plot);
  } finally {
    chart.dispose();
  }
}

function colour(name: string): string {
  return `var(--${name})`;
}

function timeAxis({ window: { fromMs, untilMs } }: Plot) {
  const plotWidth = size.width - margins.left - margins.right;
  const { moments, label } = timeTicks(fromMs, untilMs);
  // On the right there is no more room than this: half a label would be cut off.
  const halfLabel = label(fromMs).length * fontSize * 0.33;
  const lastMs = fromMs + ((untilMs - fromMs) * (plotWidth + margins.right - halfLabel)) / plotWidth;
  const customValues = moments.filter((atMs) => atMs <= lastMs);
  return {
    type: 'value',
    min: fromMs,
    max: untilMs,
    axisLine: { show: true, lineStyle: { color: colour('axis') } },
    axisTick: { show: true, customValues, lineStyle: { color: colour('axis') } },
    axisLabel: { color: colour('muted'), fontSize, customValues, formatter: label },
    splitLine: { show: false },
  } as const;
}

function valueAxis({ unit, marks }: Plot) {
  const look = {
    type: 'value',
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: colour('grid') } },
  } as const;
  const labelled = (formatter: (value: number) => string) => ({ color: colour('muted'), fontSize, formatter });
  const values = marks.flatMap((mark) => mark.values.filter((value) => value !== undefined));
  switch (unit) {
    case 'count':
      return { ...look, min: 0, minInterval: 1, splitNumber: 3, axisLabel: labelled(shortCount) } as const;
    case 'seconds': {
      const interval = secondsStep(Math.max(1, ...values));
      const max = Math.ceil(Math.max(1, ...values) / interval) * interval;
      const axisLabel = labelled((seconds) => (seconds === 0 ? '0' : shortTime(seconds * 1_000)));
      return { ...look, min: 0, max, interval, axisLabel } as const;
    }
    case 'milliseconds': {
      // The scale of echarts that is logarithmic has its lines at powers of ten, which are no lengths of time.
      const lines = timeLandmarks(values).map(scaled);
      const axisLabel = { ...labelled((exponent) => shortTime(10 ** exponent)), customValues: lines };
      const ends = { min: lines[0] ?? 0, max: lines.at(-1) ?? 1 };
      return { ...look, ...ends, axisLabel, axisTick: { show: false, customValues: lines } } as const;
    }
  }
}

/** A logarithmic scale has no place for 0; nothing here is faster than a millisecond, as far as it is measured. */
function scaled(milliseconds: number): number {
  return Math.log10(Math.max(1, milliseconds));
}

function series({ shape, ink, values }: Mark, { unit, window }: Plot) {
  const starts = periodStarts(window);
  // In the middle of its period, so that a bar begins and ends with it.
  const middleOf = (index: number) => (starts[index] ?? 0) + window.periodSeconds * 500;
  const room = (size.width - margins.left - margins.right) / starts.length;
  const color = colour(ink);
  switch (shape) {
    case 'bar':
      return {
        type: 'bar',
        stack: 'counts',
        silent: true,
        barWidth: Math.max(2, room * 0.85),
        itemStyle: { color },
        // Each series has an entry for each period: bars are put upon each other by the number of their entry.
        data: values.map((value, index) => [middleOf(index), value === 0 ? '-' : (value ?? '-')]),
      } as const;
    case 'area':
      return {
        type: 'line',
        step: 'middle',
        silent: true,
        symbol: 'none',
        lineStyle: { width: 0 },
        areaStyle: { color, opacity: 1 },
        data: values.map((value, index) => [middleOf(index), value ?? 0]),
      } as const;
    case 'step':
      return {
        type: 'line',
        step: 'middle',
        silent: true,
        symbol: 'none',
        lineStyle: { color, width: 1.75 },
        data: values.map((value, index) => [middleOf(index), value ?? 0]),
      } as const;
    case 'line':
      return {
        type: 'line',
        connectNulls: false,
        silent: true,
        lineStyle: { color, width: 1.75 },
        itemStyle: { color },
        symbolSize: 5,
        showAllSymbol: true,
        data: values.map((value, index) => ({
          value: [middleOf(index), value === undefined ? '-' : unit === 'milliseconds' ? scaled(value) : value],
          // A value between two gaps makes no line, and would not be seen.
          symbol: values[index - 1] === undefined && values[index + 1] === undefined ? 'circle' : 'none',
        })),
      } as const;
  }
}

/** The times of pause as bands, on a series of its own that draws nothing else. */
function pauses({ paused, window }: Plot) {
  const bands: { readonly fromMs: number; untilMs: number }[] = [];
  for (const [index, startMs] of periodStarts(window).entries()) {
    if ((paused[index] ?? 0) === 0) continue;
    const last = bands.at(-1);
    const untilMs = startMs + window.periodSeconds * 1_000;
    if (last?.untilMs === startMs) last.untilMs = untilMs;
    else bands.push({ fromMs: startMs, untilMs });
  }
  return {
    type: 'line',
    silent: true,
    data: [],
    markArea: {
      silent: true,
      itemStyle: { color: colour('paused') },
      data: bands.map(({ fromMs, untilMs }) => [{ xAxis: fromMs }, { xAxis: untilMs }]),
    },
  } as const;
}

/**
 * What echarts writes for a document with scripts and one image. Its ids count through the process: the page has many
 * images, and should be the same whenever it is drawn from the same figures.
 */
function withoutLeftovers(svg: string, { id, title }: Plot): string {
  return svg
    .replace(/<style\s*>.*?<\/style>/gs, '')
    .replace(/ (?:ecmeta_\w+|class|pointer-events|xmlns:xlink|version|baseProfile)="[^"]*"/g, '')
    .replace(/zr\d+-/g, `${id}-`)
    .replace(/font-family:sans-serif;?|font: normal normal (\d+)px sans-serif/g, (_whole, pixels) =>
      pixels === undefined ? '' : `font-size:${pixels}px`,
    )
    .replace('<svg ', `<svg role="img" aria-label="${title}" `);
}
