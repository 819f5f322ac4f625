// Numbers as text. Every number has its unit.

// Keeps a number and its unit on one line.
const SPACE = '\u00a0';
const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'].map((unit) => SPACE + unit);
const COUNT_UNITS = ['', ...['k', 'M', 'G'].map((unit) => SPACE + unit)];

/** 467664896 -> "446 MiB". */
export function bytes(value) {
  return scaled(value, 1024, BYTE_UNITS);
}

/** 18400 -> "18.4 k". */
export function count(value) {
  return scaled(value, 1000, COUNT_UNITS);
}

/** 1234567 -> "1,234,567". */
export function exact(value) {
  return value.toLocaleString('en');
}

/** A part of a whole: (9, 100) -> "9 %". */
export function part(value, whole) {
  if (whole === 0) {
    return '–';
  }
  const percent = (100 * value) / whole;
  if (percent > 0 && percent < 0.05) {
    return `<${SPACE}0.1${SPACE}%`;
  }
  return `${percent < 10 ? trim(percent, 1) : Math.round(percent)}${SPACE}%`;
}

/** (402, 310) -> "1.3x". */
export function ratio(value, other) {
  return other === 0 ? '–' : `${trim(value / other, 1)}×`;
}

/** A moment, as the reader's clock shows it: "14:02:11". */
export function clock(millis) {
  return new Date(millis).toLocaleTimeString('en-GB');
}

/** 11520000 -> "3 h 12 min". */
export function duration(millis) {
  const seconds = Math.max(0, Math.floor(millis / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) {
    return `${days} d ${hours % 24} h`;
  }
  if (hours > 0) {
    return `${hours} h ${minutes % 60} min`;
  }
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

function scaled(value, base, units) {
  let unit = 0;
  let number = value;
  while (Math.abs(number) >= base && unit < units.length - 1) {
    number /= base;
    unit++;
  }
  return `${trim(number, number < 100 && unit > 0 ? 1 : 0)}${units[unit]}`;
}

function trim(number, decimals) {
  return String(Number(number.toFixed(decimals)));
}
