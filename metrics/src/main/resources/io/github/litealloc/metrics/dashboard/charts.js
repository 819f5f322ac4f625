// The two charts. Lines differ by dash as well as by colour.
/* global Chart */

import {bytes, count} from './format.js';

const SPAN_SECONDS = 300;
const SPANS_SECONDS = [10, 20, 30, 60, 90, 120, 180, 240, 300];
const MAX_STEPS = 5;

function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** The distance of grid lines: a power of two is round in bytes. */
function byteStep(max) {
  return 2 ** Math.ceil(Math.log2(Math.max(max, 1) / MAX_STEPS));
}

/** Lets the legend show the dashes, which it leaves out by itself; a line that is not drawn is none. */
function legendItems(chart) {
  return chart.data.datasets
    .map((dataset, i) => ({
      text: dataset.label,
      fontColor: color('text'),
      strokeStyle: dataset.borderColor,
      lineDash: dataset.borderDash,
      lineWidth: dataset.borderWidth,
      pointStyle: 'line',
      datasetIndex: i,
      hidden: false,
    }))
    .filter((item) => chart.data.datasets[item.datasetIndex].data.length > 0);
}

class LineChart {
  #canvas;
  #chart;
  #lines;
  #stepOf;

  /** Each line has a label, a colour and a dash; the step is that of the grid, from the maximum. */
  constructor(id, lines, formatValue, stepOf = () => undefined) {
    this.#canvas = document.getElementById(id);
    this.#lines = lines;
    this.#stepOf = stepOf;
    this.#chart = new Chart(this.#canvas, {
      type: 'line',
      data: {
        datasets: lines.map((line) => ({
          label: line.label,
          data: [],
          borderDash: line.dash,
          borderWidth: 2,
          pointRadius: 0,
        })),
      },
      options: {
        animation: false,
        parsing: false,
        normalized: true,
        maintainAspectRatio: false,
        interaction: {mode: 'index', intersect: false},
        scales: {
          x: {
            type: 'linear',
            min: -SPAN_SECONDS,
            max: 0,
            ticks: {
              stepSize: 60,
              maxRotation: 0,
              callback: (seconds) => (seconds === 0 ? 'now' : `${seconds / 60} min`),
            },
          },
          y: {
            beginAtZero: true,
            ticks: {maxTicksLimit: MAX_STEPS + 2, precision: 0, callback: (value) => formatValue(value)},
          },
        },
        plugins: {
          legend: {
            position: 'bottom',
            labels: {usePointStyle: true, pointStyleWidth: 40, padding: 16, generateLabels: legendItems},
            onClick: null,
          },
          tooltip: {
            callbacks: {
              title: (items) => (items.length === 0 ? '' : `${Math.round(-items[0].parsed.x)} s ago`),
              label: (item) => `${item.dataset.label}: ${formatValue(item.parsed.y)}`,
            },
          },
        },
      },
    });
    this.recolor();
  }

  /** Takes the colours of the page, which follow the reader's colour scheme. */
  recolor() {
    this.#lines.forEach((line, i) => {
      this.#chart.data.datasets[i].borderColor = color(line.color);
    });
    for (const scale of Object.values(this.#chart.options.scales)) {
      scale.grid = {color: color('line')};
      scale.border = {color: color('line')};
      scale.ticks.color = color('muted');
    }
    this.#chart.update();
  }

  /** A young process has a short past: the rest would be empty. */
  #fitSpan(points) {
    const known = points.slice(1).flat().reduce((longest, {x}) => Math.max(longest, -x), 0);
    const span = SPANS_SECONDS.find((seconds) => seconds >= known) ?? SPAN_SECONDS;
    const {x} = this.#chart.options.scales;
    x.min = -span;
    x.ticks.stepSize = span > 120 ? 60 : span > 30 ? 15 : 5;
    x.ticks.callback = span > 120
      ? (seconds) => (seconds === 0 ? 'now' : `${seconds / 60} min`)
      : (seconds) => (seconds === 0 ? 'now' : `${seconds} s`);
  }

  /** Shows new points, an array for each line, and says in one sentence what they show. */
  show(points, summary) {
    points.forEach((line, i) => {
      this.#chart.data.datasets[i].data = line;
    });
    const max = points.flat().reduce((highest, point) => Math.max(highest, point.y), 0);
    this.#chart.options.scales.y.ticks.stepSize = this.#stepOf(max);
    this.#fitSpan(points);
    this.#chart.update();
    this.#canvas.setAttribute('aria-label', summary);
  }
}

export function memoryChart() {
  return new LineChart('memory-chart', [
    {label: 'budget', color: 'red', dash: [2, 4]},
    {label: 'reserved', color: 'text', dash: []},
    {label: 'pinned', color: 'orange', dash: [8, 4]},
    {label: 'used', color: 'blue', dash: []},
  ], bytes, byteStep);
}

export function rateChart() {
  return new LineChart('rate-chart', [
    {label: 'allocations', color: 'blue', dash: []},
    {label: 'frees on other threads', color: 'orange', dash: [8, 4]},
    {label: 'bypassing the arenas', color: 'red', dash: [2, 4]},
  ], count);
}
