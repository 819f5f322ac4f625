package io.github.litealloc.benchmarks.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PinProfilerTest {

  @ParameterizedTest
  @CsvSource({"0,0", "'0-1',1", "'0,2',2", "'0-3,8-11',11", "'0-3,8',8"})
  void lastOf_listOfLinux_isTheHighest(String list, int last) {
    assertThat(PinProfiler.lastOf(list)).isEqualTo(last);
  }
}
