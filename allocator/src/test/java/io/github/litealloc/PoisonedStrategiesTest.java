package io.github.litealloc;

import java.nio.file.Path;
import org.junit.jupiter.api.Nested;

/** What every strategy promises holds with poison, too, to the last figure. */
final class PoisonedStrategiesTest {

  private static final Hardening POISON = Hardening.builder().poison(true).build();

  /** The contract, without the requests of gigabytes, which would be written and read in full. */
  abstract static class Poisoned extends BuiltInStrategyContract {
    abstract StrategyFactory plain();

    @Override
    protected final StrategyFactory strategy() {
      return TestStrategies.hardened(plain(), "poisoned", POISON);
    }

    @Override
    void allocate_largestRequests_areServedToTheLastByte(Path directory) {}

    @Override
    void allocate_largestRequestWithAlignment_isServedIfABufferCanHoldIt(Path directory) {}

    @Override
    void reallocate_toAndFromTheLargest_keepsContents(Path directory) {}
  }

  @Nested
  final class PoisonedBumpFreeList extends Poisoned {
    @Override
    StrategyFactory plain() {
      return Strategies.BUMP_FREE_LIST;
    }
  }

  @Nested
  final class PoisonedSegregatedBump extends Poisoned {
    @Override
    StrategyFactory plain() {
      return Strategies.SEGREGATED_BUMP;
    }
  }

  @Nested
  final class PoisonedFreeList extends Poisoned {
    @Override
    StrategyFactory plain() {
      return Strategies.FREE_LIST;
    }
  }

  @Nested
  final class PoisonedHybrid extends Poisoned {
    @Override
    StrategyFactory plain() {
      return Strategies.HYBRID;
    }
  }
}
