package io.github.litealloc;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.memory.StressSource;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** An owner who takes its shortcut whenever it may leaves no remote free waiting for ever. */
final class ShortcutStress {

  private ShortcutStress() {}

  /** The owner drains, and so lets itself take the shortcut, while another thread hands over. */
  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "freed by the owner's next allocation, or before")
  @Outcome(expect = FORBIDDEN, desc = "the owner has not looked into its inbox")
  @State
  public static class HandOverDrain {
    private final Arena arena =
        Arena.builder()
            .strategy("bump-free-list")
            .checked(false)
            .store(
                ChunkStore.builder()
                    .source(new StressSource())
                    .budget(MemoryBudget.unlimited("stress"))
                    .build())
            .build();
    private final long block = arena.allocate(16);
    private final long other = arena.allocate(16);

    @Actor
    public void handOver() {
      arena.remoteFree(block, 16);
    }

    @Actor
    public void drain() {
      arena.free(other, 16);
      arena.drainRemoteFrees();
    }

    @Arbiter
    public void allocate(I_Result result) {
      arena.allocate(16);
      result.r1 = (int) arena.statistics().remoteFrees();
    }
  }
}
