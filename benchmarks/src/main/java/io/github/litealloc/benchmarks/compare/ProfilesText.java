package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.jmh.MethodProfiler;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Prints for each missed target where the time goes, of ours and of the peer. */
final class ProfilesText {

  private static final int METHODS = 10;

  private ProfilesText() {}

  static void print(
      Comparison comparison, Map<ComparePlan.Run, Profile> profiles, PrintWriter out) {
    if (comparison.missed().isEmpty()) {
      out.println("No target was missed for certain, so there is no profile.");
    }
    for (Comparison.Row row : comparison.missed()) {
      TargetCheck check = row.target().orElseThrow();
      out.printf(
          "%s, %s: %s %s x %s, %s%n",
          row.run().scenario(),
          row.run().setting(),
          row.run().candidate(),
          ComparisonText.decimal(check.ratio().value()),
          check.peer(),
          check.outcome());
      for (ComparePlan.Run run : List.of(row.run(), row.peerRun())) {
        Profile profile = profiles.get(run);
        if (profile != null) {
          print(run, comparison.row(run).orElseThrow().figures().nanosPerOp(), profile, out);
        }
      }
      out.println();
    }
    out.println(
        "ns: the share of the samples, of the time that was measured without a profiler. A > B: in"
            + " B of the JDK, called by A.");
    out.flush();
  }

  private static void print(
      ComparePlan.Run run, double nanosPerOp, Profile profile, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "  %s, %,.1f ns/op, %,d samples: %s%n",
        run.candidate(),
        nanosPerOp,
        profile.total(),
        profile.parts().stream().map(ProfilesText::part).collect(Collectors.joining(", ")));
    for (Profile.Line method : profile.methods(METHODS)) {
      out.printf(
          Locale.ROOT,
          "  %,10.1f ns %3.0f %%  %s%n",
          method.share() * nanosPerOp,
          100 * method.share(),
          shortName(method.name()));
    }
  }

  private static String part(Profile.Line part) {
    return String.format(Locale.ROOT, "%s %.0f %%", part.name(), 100 * part.share());
  }

  /** Drops the package, but for the JDK's callees, which have none. */
  private static String shortName(String method) {
    int callee = method.indexOf(" > ");
    return callee < 0
        ? MethodProfiler.withoutPackage(method)
        : MethodProfiler.withoutPackage(method.substring(0, callee)) + method.substring(callee);
  }
}
