-- What wrk itself does not print in full: see Wrk.java. Times are microseconds.
done = function(summary, latency, requests)
  io.write(string.format("lite-alloc requests=%.0f micros=%.0f\n", summary.requests, summary.duration))
  io.write(string.format("lite-alloc p50=%.0f p99=%.0f p999=%.0f\n",
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
  local errors = summary.errors
  io.write(string.format("lite-alloc connect=%.0f read=%.0f write=%.0f status=%.0f timeout=%.0f\n",
    errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
