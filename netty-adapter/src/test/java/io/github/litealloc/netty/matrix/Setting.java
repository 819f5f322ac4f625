package io.github.litealloc.netty.matrix;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One cell of the matrix. */
record Setting(String strategy, Transport transport, Tls tls) {

  static final String PAIRWISE = "io.github.litealloc.netty.matrix.Setting#pairwise";
  static final String WITHOUT_TLS = "io.github.litealloc.netty.matrix.Setting#withoutTls";
  static final String FEW = "io.github.litealloc.netty.matrix.Setting#few";

  private static final List<String> STRATEGIES =
      List.of("bump-free-list", "segregated-bump", "free-list", "hybrid");

  /** Every strategy on every transport, and with as many rows every kind of TLS on either. */
  static Stream<Setting> pairwise() {
    return settings(Tls.available());
  }

  /** Every strategy on every transport. */
  static Stream<Setting> withoutTls() {
    return settings(List.of(Tls.NONE));
  }

  /** Every strategy once, on changing transports and kinds of TLS; for what takes long. */
  static Stream<Setting> few() {
    List<Transport> transports = Transport.available();
    List<Tls> tls = Tls.available();
    return IntStream.range(0, STRATEGIES.size())
        .mapToObj(
            s ->
                new Setting(
                    STRATEGIES.get(s),
                    transports.get(s % transports.size()),
                    tls.get(s % tls.size())));
  }

  private static Stream<Setting> settings(List<Tls> tls) {
    List<Transport> transports = Transport.available();
    List<Setting> settings = new ArrayList<>();
    for (int s = 0; s < STRATEGIES.size(); s++) {
      for (int t = 0; t < transports.size(); t++) {
        settings.add(
            new Setting(STRATEGIES.get(s), transports.get(t), tls.get((s + t) % tls.size())));
      }
    }
    return settings.stream();
  }

  @Override
  public String toString() {
    return strategy + ", " + transport + ", TLS " + tls;
  }
}
