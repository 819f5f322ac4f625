package io.github.litealloc.benchmarks.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.benchmarks.TestJson;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short soak in this JVM: all but the resident set, for which its heap is not made. */
class SoakTest {

  @Test
  void soak_fewSeconds_leavesNothing(@TempDir Path folder) throws Exception {
    StringWriter out = new StringWriter();
    Soak soak = new Soak(new SoakOptions(5, 1, 32 << 20, 4, 1, 512, 0), new PrintWriter(out, true));

    SoakResult result = soak.run();

    result.print(new PrintWriter(out, true));
    assertThat(result.allWell()).as(out.toString()).isTrue();
    assertThat(result.figures().verified()).isPositive();
    for (Fault fault : Fault.values()) {
      assertThat(result.figures().faults(fault)).as(fault.description()).isPositive();
    }
    Path json = folder.resolve("soak.json");
    io.github.litealloc.benchmarks.JsonFile.write(json, result::writeTo);
    Map<String, @Nullable Object> read = TestJson.read(json);
    assertThat(read)
        .containsEntry("allWell", true)
        .containsEntry("reservedBytes", 0L)
        .containsEntry("chargedBytes", 0L)
        .containsEntry("elsewhereBytes", 0L)
        .containsEntry("leaks", 0L)
        .containsKeys("residentBefore", "residentAfter", "faults");
  }

  @Test
  void allWell_anythingLeft_isFalse() {
    SoakFigures figures = new SoakFigures();
    for (Fault fault : Fault.values()) {
      figures.count(fault);
    }
    SoakResult.Left left = new SoakResult.Left(0, 0, 0, 0, 1, 0, 1, 1);

    SoakResult result = new SoakResult(1, figures, left, 1, 1);

    assertThat(result.allWell()).isFalse();
    assertThat(result.checks())
        .filteredOn(check -> !check.holds())
        .extracting(SoakResult.Check::name)
        .containsExactly("requests verified", "live on the heap");
  }
}
