"use strict";

const MIB = 1048576;
const BAR_PIXELS = 26;
const PEERS = ["pooled", "adaptive", "unpooled"];
const COLORS = ["#3b82f6", "#f97316", "#22a35a", "#a855f7", "#14b8a6", "#ca8a04", "#ec4899", "#7c8594"];

const root = getComputedStyle(document.documentElement);
const color = (name) => root.getPropertyValue("--" + name).trim();

const number = (value) =>
  value == null || !Number.isFinite(value)
    ? "–"
    : value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 });

const mebibytes = (bytes) => (bytes == null ? null : bytes / MIB);
const millis = (nanos) => (nanos == null ? null : nanos / 1e6);
const micros = (nanos) => (nanos == null ? null : nanos / 1e3);

function element(name, text, parent) {
  const made = document.createElement(name);
  if (text != null) {
    made.textContent = text;
  }
  parent?.append(made);
  return made;
}

function grouped(rows, key) {
  const groups = new Map();
  for (const row of rows) {
    const name = key(row);
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  return groups;
}

/** The line from the best to the worst of what was measured, over each bar. */
const whiskers = {
  id: "whiskers",
  afterDatasetsDraw(chart) {
    const spans = chart.options.plugins.whiskers?.spans;
    if (!spans) {
      return;
    }
    const { ctx, scales } = chart;
    ctx.save();
    ctx.strokeStyle = color("text");
    ctx.lineWidth = 1.5;
    chart.getDatasetMeta(0).data.forEach((bar, i) => {
      const [low, high] = spans[i].map((value) => scales.x.getPixelForValue(value));
      ctx.beginPath();
      ctx.moveTo(low, bar.y);
      ctx.lineTo(high, bar.y);
      for (const end of [low, high]) {
        ctx.moveTo(end, bar.y - 4);
        ctx.lineTo(end, bar.y + 4);
      }
      ctx.stroke();
    });
    ctx.restore();
  },
};
Chart.register(whiskers);
Chart.defaults.animation = false;
Chart.defaults.maintainAspectRatio = false;
Chart.defaults.color = color("text");
Chart.defaults.borderColor = color("line");
Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;

function plot(title, height, isWide, parent, drawn) {
  const figure = element("figure", null, parent);
  figure.classList.toggle("wide", isWide);
  element("figcaption", title, figure);
  const plot = element("div", null, figure);
  plot.className = "plot";
  plot.style.height = height + "px";
  const canvas = element("canvas", null, plot);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", title + (drawn ? ": " + drawn : "") + ", drawn from the table below");
  return canvas;
}

/** One bar for each candidate; `values` holds what each of its JVMs has shown. */
function bars(title, unit, candidates, parent) {
  const shown = candidates.filter((each) => each.values.length > 0);
  if (shown.length === 0) {
    return;
  }
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  new Chart(plot(`${title}, ${unit}`, 48 + BAR_PIXELS * shown.length, false, parent), {
    type: "bar",
    data: {
      labels: shown.map((each) => each.name),
      datasets: [
        {
          data: shown.map((each) => each.value ?? mean(each.values)),
          backgroundColor: shown.map((each) => color(each.isOurs ? "ours" : "peer")),
        },
      ],
    },
    options: {
      indexAxis: "y",
      scales: {
        x: { beginAtZero: true, suggestedMax: Math.max(...shown.flatMap((each) => each.values)) },
        y: { ticks: { autoSkip: false } },
      },
      plugins: {
        legend: { display: false },
        whiskers: { spans: shown.map((each) => [Math.min(...each.values), Math.max(...each.values)]) },
        tooltip: {
          callbacks: {
            label: (item) =>
              `${number(item.raw)} ${unit} (${shown[item.dataIndex].values.map(number).join(", ")})`,
          },
        },
      },
    },
  });
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Lines over numbers of event loops, both axes logarithmic; a point is [loops, bytes]. What the model says are
 * crosses, and no line.
 */
function linesByLoops(title, series, parent) {
  const datasets = series.flatMap((each, i) => {
    const dataset = (label, points, style) => ({
      label,
      data: points.filter(([, bytes]) => bytes > 0).map(([loops, bytes]) => ({ x: loops, y: bytes / MIB })),
      borderColor: COLORS[i % COLORS.length],
      backgroundColor: COLORS[i % COLORS.length],
      borderWidth: each.isOurs ? 2.5 : 1.5,
      ...style,
    });
    return [
      dataset(each.name, each.points, { pointRadius: 3, borderDash: each.isOurs ? [] : [5, 3] }),
      dataset(each.name + ", by the model", each.model ?? [], { pointRadius: 6, pointStyle: "crossRot", showLine: false }),
    ].filter((drawn) => drawn.data.length > 0);
  });
  if (datasets.length === 0) {
    return;
  }
  const numbers = [...new Set(datasets.flatMap((each) => each.data.map((point) => point.x)))].sort((a, b) => a - b);
  const drawn = datasets.map((each) => `${each.label} (${each.data.length})`).join("; ");
  new Chart(plot(title + ", MiB", 320, true, parent, drawn), {
    type: "line",
    data: { datasets },
    options: {
      scales: {
        x: {
          type: "logarithmic",
          title: { display: true, text: "event loops" },
          afterBuildTicks: (axis) => {
            axis.ticks = numbers.map((value) => ({ value }));
          },
          ticks: { callback: (value) => number(value) },
        },
        y: { type: "logarithmic", ticks: { callback: (value) => (/^[125]/.test(value.toExponential()) ? number(value) : "") } },
      },
      interaction: { mode: "nearest", axis: "x", intersect: false },
      plugins: {
        legend: { labels: { usePointStyle: true } },
        tooltip: {
          callbacks: {
            title: (items) => (items.length ? number(items[0].parsed.x) + " event loops" : ""),
            label: (item) => `${item.dataset.label}: ${number(item.parsed.y)} MiB`,
          },
        },
      },
    },
  });
}

/** Lines over seconds; a point is [millis, value]. */
function lines(title, series, parent) {
  const shown = series
    .map((each) => ({ ...each, points: each.points.filter(([, value]) => value != null) }))
    .filter((each) => each.points.length > 1);
  if (shown.length === 0) {
    return;
  }
  new Chart(plot(title, 280, true, parent), {
    type: "line",
    data: {
      datasets: shown.map((each, i) => ({
        label: each.name,
        data: each.points.map(([millis, value]) => ({ x: millis / 1000, y: value })),
        borderColor: COLORS[i % COLORS.length],
        backgroundColor: COLORS[i % COLORS.length],
        borderWidth: each.isOurs ? 2.5 : 1.5,
        borderDash: each.isOurs ? [] : [5, 3],
        pointRadius: 0,
      })),
    },
    options: {
      scales: {
        x: { type: "linear", title: { display: true, text: "seconds" } },
        y: { beginAtZero: true },
      },
      interaction: { mode: "nearest", axis: "x", intersect: false },
    },
  });
}

function table(head, rows, parent) {
  const scroll = element("div", null, parent);
  scroll.className = "scroll";
  scroll.tabIndex = 0;
  const made = element("table", null, scroll);
  const line = element("tr", null, element("thead", null, made));
  head.forEach((text) => (element("th", text, line).scope = "col"));
  const body = element("tbody", null, made);
  for (const row of rows) {
    const cells = element("tr", null, body);
    row.forEach((text) => element("td", text, cells));
  }
}

/** What was measured, where, and how: all that is said once for the whole file. */
function facts(report, parent) {
  const list = element("dl", null, parent);
  const add = (name, value) => {
    element("dt", name.replace(/[A-Z]/g, (letter) => " " + letter.toLowerCase()), list);
    element("dd", value, list);
  };
  for (const [name, value] of Object.entries({ ...report.data, ...report.data.traffic })) {
    if (name === "problem") {
      continue;
    }
    if (Array.isArray(value) ? value.every((each) => typeof each === "string") && value.length : typeof value !== "object") {
      add(name, Array.isArray(value) ? value.join(" ") : typeof value === "number" ? number(value) : String(value));
    }
  }
  const chunks = report.data.traffic?.chunks;
  if (chunks) {
    add("the application itself", `${chunks.allocators}: at most ${number(mebibytes(chunks.peakBytes))} MiB in chunks that came or went`);
  }
  if (report.data.problem) {
    element("p", "Not complete: " + report.data.problem, parent).className = "problem";
  }
}

function percent(share) {
  return share == null ? "–" : number(share * 100) + " %";
}

/** Says of whom the figures are those of a part: what that is, is far from the end of it. */
function unplayed(name, processes, parent) {
  const least = Math.min(...processes.map((process) => process.playedShare ?? 1));
  if (least < 1) {
    element("p", `${name}: ended after ${percent(least)} of the recording, far too slow: try --max-direct`, parent).className = "problem";
  }
}

function ratio(to) {
  if (!to) {
    return "–";
  }
  return to.ratioLow == null ? number(to.ratio) : `${number(to.ratio)} (${number(to.ratioLow)} – ${number(to.ratioHigh)})`;
}

function comparison(report, parent) {
  const settings = grouped(report.data.results, (row) => `${row.jdk}, leak detection ${row.leakDetection}`);
  for (const [setting, rows] of settings) {
    const section = element("section", null, parent);
    element("h3", setting, section);
    const charts = element("div", null, section);
    charts.className = "charts";
    for (const [scenario, candidates] of grouped(rows, (row) => row.scenario)) {
      bars(
        scenario,
        "ns",
        candidates.map((row) => ({
          name: row.strategy ?? row.allocator,
          isOurs: row.strategy != null,
          value: row.nanosPerOp,
          values: row.nanosPerOpOfForks,
        })),
        charts,
      );
    }
    const peers = [...new Set(rows.flatMap((row) => Object.keys(row.ratioTo)))];
    const hasTail = rows.some((row) => row.p90NanosPerOp != null);
    table(
      [
        "scenario",
        "allocator",
        "ns",
        "best and worst JVM",
        "best tenth",
        ...(hasTail ? ["worst tenth", "worst slice"] : []),
        ...peers.map((peer) => `× ${peer} (95 %)`),
        "target",
        "garbage B",
        "peak reserved MiB",
        "not from arenas",
        "seeds",
      ],
      rows.map((row) => [
        row.scenario,
        row.strategy ?? row.allocator,
        number(row.nanosPerOp),
        `${number(Math.min(...row.nanosPerOpOfForks))} – ${number(Math.max(...row.nanosPerOpOfForks))}`,
        number(row.p10NanosPerOp),
        ...(hasTail ? [number(row.p90NanosPerOp), number(row.worstNanosPerOp)] : []),
        ...peers.map((peer) => ratio(row.ratioTo[peer])),
        row.target ? `${number(row.target.limit)} × ${row.target.peer}: ${row.target.verdict}` : "–",
        number(row.garbageBytesPerOp),
        number(mebibytes(row.peakReservedBytes)),
        percent(row.fallbackShare),
        seeds(row),
      ]),
      section,
    );
  }
}

/** Of what is drawn by chance, if anything is. */
function seeds(row) {
  const told = Object.entries(row.seeds ?? {}).map(([name, seed]) => `${name} ${seed}`);
  return told.join(", ") || "–";
}

function replay(report, parent) {
  const results = report.data.results.map((row) => ({
    name: row.allocator,
    isOurs: !PEERS.includes(row.allocator),
    processes: row.processes,
  }));
  const section = element("section", null, parent);
  results.forEach((each) => unplayed(each.name, each.processes, section));
  const charts = element("div", null, section);
  charts.className = "charts";
  const bar = (title, unit, figure) =>
    bars(
      title,
      unit,
      results.map((each) => ({ ...each, values: each.processes.map(figure).filter((value) => value != null) })),
      charts,
    );
  bar("time of an operation", "ns", (process) => process.nanosPerOp);
  bar("highest reserved", "MiB", (process) => mebibytes(process.peakReserved));
  bar("highest resident set", "MiB", (process) => mebibytes(process.peakResident));
  bar("reserved at the end", "MiB", (process) => mebibytes(process.reservedAfter));
  const line = (title, figure) =>
    lines(
      title,
      results.map((each) => ({
        ...each,
        points: (each.processes[0]?.series ?? []).map((sample) => [sample.millis, figure(sample)]),
      })),
      charts,
    );
  line("reserved over time, MiB", (sample) => mebibytes(sample.reserved));
  line("resident set over time, MiB", (sample) => mebibytes(sample.resident));
  line("reserved for each live byte, over time", (sample) => (sample.live > 0 && sample.reserved != null ? sample.reserved / sample.live : null));
  table(
    ["allocator", "ns", "peak reserved MiB", "mean reserved MiB", "reserved ÷ live", "peak resident MiB", "resident at the end MiB", "not from arenas", "refused", "played"],
    results.flatMap((each) =>
      each.processes.map((process) => [
        each.name,
        number(process.nanosPerOp),
        number(mebibytes(process.peakReserved)),
        number(mebibytes(process.meanReserved)),
        number(process.reservedPerLive),
        number(mebibytes(process.peakResident)),
        number(mebibytes(process.residentAfter)),
        percent(process.fallbackShare),
        number(process.refused),
        percent(process.playedShare),
      ]),
    ),
    section,
  );
}

/** What is held on each number of event loops. */
function scale(report, parent) {
  const section = element("section", null, parent);
  for (const point of report.data.points) {
    unplayed(`${point.allocator} on ${number(point.loops)} event loops`, point.processes, section);
  }
  const charts = element("div", null, section);
  charts.className = "charts";
  // Of a part of the recording, the memory is that of a part.
  const isWhole = (point) => point.processes.every((process) => (process.playedShare ?? 1) === 1);
  const ofAll = (point, figure) => {
    const known = point.processes.map((process) => process[figure]).filter((bytes) => bytes != null);
    return known.length ? median(known) : null;
  };
  const allocators = grouped(report.data.points, (point) => point.allocator);
  const chart = (title, figure, hasModel) =>
    linesByLoops(
      title,
      [...allocators].map(([name, points]) => ({
        name,
        isOurs: !PEERS.includes(name),
        points: points.filter(isWhole).map((point) => [point.loops, ofAll(point, figure)]),
        model: hasModel ? points.map((point) => [point.loops, point.modelBytes]) : [],
      })),
      charts,
    );
  chart("highest reserved, by the number of event loops", "peakReserved", true);
  chart("resident set on average, by the number of event loops", "meanResident", false);
  table(
    ["event loops", "processors told", "with buffers", "live at most MiB", "allocator", "peak reserved MiB", "by the model MiB", "model is off by", "mean reserved MiB", "mean resident MiB", "peak resident MiB", "allowed MiB", "not from arenas", "refused", "played", "further JVM options"],
    report.data.points.flatMap((point) =>
      point.processes.map((process) => [
        number(point.loops),
        number(point.processors),
        number(point.loopsWithBuffers),
        number(mebibytes(point.peakLiveBytes)),
        point.allocator,
        number(mebibytes(process.peakReserved)),
        number(mebibytes(point.modelBytes)),
        point.modelBytes == null || !isWhole(point) ? "–" : percent(point.modelBytes / ofAll(point, "peakReserved") - 1),
        number(mebibytes(process.meanReserved)),
        number(mebibytes(process.meanResident)),
        number(mebibytes(process.peakResident)),
        number(mebibytes(point.maxDirectBytes)),
        percent(process.fallbackShare),
        number(process.refused),
        percent(process.playedShare),
        (point.jvmOptions ?? []).filter((option) => !report.data.jvmOptions?.includes(option)).join(" "),
      ]),
    ),
    section,
  );
}

/** The strategies without Netty: a chart for each workload. */
function raw(report, parent) {
  const section = element("section", null, parent);
  const charts = element("div", null, section);
  charts.className = "charts";
  for (const [workload, rows] of grouped(report.data.results, (row) => row.workload)) {
    bars(
      workload,
      rows[0].unit,
      rows.map((row) => ({
        name: row.strategy,
        isOurs: true,
        value: row.time,
        values: [row.timeOfFastestFork, row.timeOfSlowestFork],
      })),
      charts,
    );
  }
  table(
    ["workload", "strategy", "unit", "time", "fastest and slowest JVM", "garbage B/pair", "the crate's", "× crate"],
    report.data.results.map((row) => [
      row.workload,
      row.strategy,
      row.unit,
      number(row.time),
      `${number(row.timeOfFastestFork)} – ${number(row.timeOfSlowestFork)}`,
      number(row.garbageBytesPerPair),
      row.crateMin == null ? "–" : `${number(row.crateMin)} – ${number(row.crateMax)}`,
      number(row.ratioToCrate),
    ]),
    section,
  );
}

function beside(ratios) {
  const told = Object.entries(ratios).map(([peer, figures]) => {
    const differences = Object.entries(figures)
      .filter(([, to]) => to.verdict === "better" || to.verdict === "worse")
      .map(([figure, to]) => `${figure} ${ratio(to)} ${to.verdict}`);
    const isKnown = Object.values(figures).some((to) => to.verdict !== "unknown");
    return `${peer}: ${differences.join(", ") || (isKnown ? "no difference beyond noise" : "one round: unknown")}`;
  });
  return told.join("; ") || "–";
}

/** Servers under load: a section for each load. */
function endToEnd(report, parent) {
  const setting = (row) => `${row.protocol}, ${row.load}, ${row.traffic}` + (row.jdk ? `; ${row.jdk}, leak detection ${row.leakDetection}` : "");
  for (const [name, rows] of grouped(report.data.results, setting)) {
    const section = element("section", null, parent);
    element("h3", name, section);
    const charts = element("div", null, section);
    charts.className = "charts";
    const results = rows.map((row) => ({ ...row, name: row.strategy ?? row.allocator, isOurs: row.strategy != null }));
    const bar = (title, unit, figure) =>
      bars(
        title,
        unit,
        results.map((each) => {
          const values = each.servers.map(figure).filter((value) => value != null);
          return { ...each, values, value: values.length ? median(values) : null };
        }),
        charts,
      );
    bar("requests each second (longer is better)", "requests/s", (server) => server.requestsPerSecond);
    bar("half of the answers took longer", "ms", (server) => millis(server.p50Nanos));
    bar("one answer in 100 took longer", "ms", (server) => millis(server.p99Nanos));
    bar("one answer in 1,000 took longer", "ms", (server) => millis(server.p999Nanos));
    bar("processor time of a request", "µs", (server) => micros(server.cpuNanosPerRequest));
    bar("highest resident set", "MiB", (server) => mebibytes(server.peakResident));
    const line = (title, figure) =>
      lines(
        title,
        results.map((each) => ({
          ...each,
          points: (each.servers[0]?.series ?? []).map((look) => [look.millis, mebibytes(look[figure])]),
        })),
        charts,
      );
    line("resident set over time, MiB", "resident");
    line("reserved over time, MiB", "reserved");
    table(
      ["allocator", "requests/s", "p50 ms", "p99 ms", "p99.9 ms", "µs/request", "young collections", "peak resident MiB", "resident at the end MiB", "peak reserved MiB", "not from arenas", "failed", "beside (95 %)"],
      results.flatMap((each) =>
        each.servers.map((server, i) => [
          each.name,
          number(server.requestsPerSecond),
          number(millis(server.p50Nanos)),
          number(millis(server.p99Nanos)),
          number(millis(server.p999Nanos)),
          number(micros(server.cpuNanosPerRequest)),
          number(server.youngCollections),
          number(mebibytes(server.peakResident)),
          number(mebibytes(server.residentAtEnd)),
          number(mebibytes(server.peakReserved)),
          percent(server.fallbackShare),
          number(server.failures),
          i === 0 ? beside(each.ratioTo) : "",
        ]),
      ),
      section,
    );
  }
}

function draw(report, article) {
  const row = report.data.results?.[0];
  if (report.data.points) {
    scale(report, article);
  } else if (row.processes) {
    replay(report, article);
  } else if (row.servers) {
    endToEnd(report, article);
  } else if (row.workload) {
    raw(report, article);
  } else {
    comparison(report, article);
  }
}

const main = document.getElementById("reports");
for (const report of JSON.parse(document.getElementById("data").textContent)) {
  const article = element("article", null, main);
  element("h2", report.file, article);
  try {
    facts(report, article);
    draw(report, article);
  } catch (e) {
    // As of an older version. The other files are to be seen all the same.
    element("p", `cannot be drawn (${e}): measure it anew`, article).className = "problem";
  }
}
// For whoever looks from outside whether all of it was drawn.
document.documentElement.dataset.charts = document.querySelectorAll("canvas").length;
