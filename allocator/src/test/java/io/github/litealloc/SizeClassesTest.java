package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SizeClassesTest {

  private static void assertRefused(String message, int... bytes) {
    assertThatThrownBy(() -> SizeClasses.of(bytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void of_unusableSizes_saysWhichAndWhatIsExpected() {
    String expected = " (expected: ascending multiples of 16 up to 1048576)";
    assertRefused("bytes: 0 size classes (expected: 1 to 128)");
    assertRefused(
        "bytes: 129 size classes (expected: 1 to 128)",
        IntStream.rangeClosed(1, 129).map(i -> i * 16).toArray());
    assertRefused("bytes: 0 after 0" + expected, 0);
    assertRefused("bytes: -16 after 0" + expected, -16);
    assertRefused("bytes: 24 after 16" + expected, 16, 24);
    assertRefused("bytes: 32 after 32" + expected, 16, 32, 32);
    assertRefused("bytes: 16 after 32" + expected, 32, 16);
    assertRefused("bytes: 1048592 after 1048576" + expected, 1 << 20, (1 << 20) + 16);
  }

  @Test
  void of_largestAllowed_works() {
    int[] sizes = IntStream.rangeClosed(1, 128).map(i -> i * 8192).toArray();
    SizeClasses classes = SizeClasses.of(sizes);
    assertThat(classes.count()).isEqualTo(128);
    assertThat(classes.maxBytes()).isEqualTo(1 << 20);
    assertEveryRequestGetsTheSmallestClass(classes);
  }

  @Test
  void of_arrayChangedLater_isNotAffected() {
    int[] sizes = {16, 48};
    SizeClasses classes = SizeClasses.of(sizes);
    sizes[1] = 32;
    assertThat(classes.bytes(1)).isEqualTo(48);
    assertThat(classes.toString()).isEqualTo("SizeClasses[16, 48]");
  }

  @Test
  void classOf_everyRequest_isTheSmallestThatHoldsIt() {
    assertEveryRequestGetsTheSmallestClass(SizeClasses.CRATE);
    assertEveryRequestGetsTheSmallestClass(SizeClasses.NETWORK);
    assertEveryRequestGetsTheSmallestClass(SizeClasses.of(16));
    assertEveryRequestGetsTheSmallestClass(SizeClasses.of(160, 4096));
  }

  private static void assertEveryRequestGetsTheSmallestClass(SizeClasses classes) {
    int expected = 0;
    for (int bytes = 0; bytes <= classes.maxBytes(); bytes++) {
      if (bytes > classes.bytes(expected)) {
        expected++;
      }
      if (classes.classOf(bytes) != expected) {
        throw new AssertionError(
            classes
                + ": class of "
                + bytes
                + " is "
                + classes.classOf(bytes)
                + ", expected "
                + expected);
      }
    }
    assertThat(expected).isEqualTo(classes.count() - 1);
  }

  @Test
  void crate_hasItsFourClasses() {
    assertThat(SizeClasses.CRATE.toString()).isEqualTo("SizeClasses[16, 32, 64, 128]");
  }

  @Test
  void network_hasPowersOfTwoAndPowersOfTwoPlusAHeader() {
    SizeClasses network = SizeClasses.NETWORK;
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < network.count(); i++) {
      sizes.add(network.bytes(i));
    }
    for (int power = 16; power <= 32 * 1024; power *= 2) {
      assertThat(sizes).contains(power);
    }
    assertThat(sizes).contains(4_352, 8_704, 16_896);
    assertThat(network.maxBytes()).isEqualTo(32 * 1024);
  }

  @Test
  void network_uniformRequests_wasteAtMostAnEighthOnAverage() {
    assertThat(meanWaste(SizeClasses.NETWORK, 1, 32 * 1024)).isLessThanOrEqualTo(0.125);
    // The promise must be one that classes can break.
    SizeClasses powersOfTwo =
        SizeClasses.of(IntStream.rangeClosed(4, 15).map(i -> 1 << i).toArray());
    assertThat(meanWaste(powersOfTwo, 1, 32 * 1024)).isGreaterThan(0.125);
  }

  @Test
  void network_evenlyOverOrdersOfMagnitude_wasteAtMostAnEighthOnAverage() {
    double sum = 0;
    int doublings = 0;
    for (int from = 128; from < 32 * 1024; from *= 2) {
      sum += meanWaste(SizeClasses.NETWORK, from + 1, 2 * from);
      doublings++;
    }
    assertThat(sum / doublings).isLessThanOrEqualTo(0.125);
  }

  @Test
  void network_worstRequest_wastesLessThanAFifthAbove128Bytes() {
    double worst = 0;
    for (int bytes = 129; bytes <= 32 * 1024; bytes++) {
      worst = Math.max(worst, waste(SizeClasses.NETWORK, bytes));
    }
    // The first request above a power of two: 129 bytes take 160, 4353 take 5120 and so on.
    assertThat(worst).isBetween(0.19, 0.20);

    for (int bytes = 1; bytes <= 128; bytes++) { // below: never more than the granularity
      int size = SizeClasses.NETWORK.bytes(SizeClasses.NETWORK.classOf(bytes));
      assertThat(size - bytes).isLessThan(16);
    }
  }

  private static double meanWaste(SizeClasses classes, int from, int to) {
    return IntStream.rangeClosed(from, to).mapToDouble(b -> waste(classes, b)).average().orElse(1);
  }

  /** The part of a block that was not asked for. */
  private static double waste(SizeClasses classes, int bytes) {
    int size = classes.bytes(classes.classOf(bytes));
    return (size - bytes) / (double) size;
  }
}
