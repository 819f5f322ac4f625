package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RemoteFreeInboxTest {

  private final RemoteFreeInbox inbox = new RemoteFreeInbox();

  /** A node that knows who pushed it. */
  private static final class Node extends LinkedRelease {
    private final int thread;
    private final int number;

    Node(int thread, int number) {
      this.thread = thread;
      this.number = number;
    }

    @Override
    public void freeOnOwner() {
      throw new AssertionError("the inbox frees nothing itself");
    }
  }

  private static List<RemoteFree> all(@Nullable RemoteFree first) {
    List<RemoteFree> nodes = new ArrayList<>();
    for (RemoteFree node = first; node != null; node = node.nextRemoteFree()) {
      nodes.add(node);
    }
    return nodes;
  }

  @Test
  void push_tellsWhetherOthersWait() {
    Node first = new Node(0, 0);
    Node second = new Node(0, 1);
    assertThat(inbox.seemsEmpty()).isTrue();
    assertThat(inbox.push(first)).isEqualTo(RemoteFreeInbox.Push.FIRST);
    assertThat(inbox.push(second)).isEqualTo(RemoteFreeInbox.Push.FURTHER);
    assertThat(inbox.seemsEmpty()).isFalse();
    assertThat(all(inbox.takeAll())).containsExactly(second, first);
    assertThat(inbox.seemsEmpty()).isTrue();
    assertThat(inbox.takeAll()).isNull();
    assertThat(inbox.push(first)).isEqualTo(RemoteFreeInbox.Push.FIRST);
  }

  @Test
  void close_takesAllAndRefusesMore() {
    Node node = new Node(0, 0);
    inbox.push(node);
    assertThat(all(inbox.close())).containsExactly(node);
    Node late = new Node(0, 1);
    assertThat(inbox.push(late)).isEqualTo(RemoteFreeInbox.Push.CLOSED);
    assertThat(late.nextRemoteFree()).isNull();
    assertThat(inbox.close()).isNull();

    assertThat(inbox.takeAll()).isNull(); // and stays closed
    assertThat(inbox.push(late)).isEqualTo(RemoteFreeInbox.Push.CLOSED);
  }

  @Test
  void push_manyThreads_losesNothingAndTellsEachFillingOnce() throws Exception {
    int threads = 4;
    int pushes = 50_000;
    List<Threads.Running<int[]>> running = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int thread = i;
      running.add(
          Threads.start(
              "pusher " + i,
              () -> {
                int firsts = 0;
                int refused = 0;
                for (int number = 0; number < pushes; number++) {
                  switch (inbox.push(new Node(thread, number))) {
                    case FIRST -> firsts++;
                    case CLOSED -> refused++;
                    default -> {}
                  }
                }
                return new int[] {firsts, refused};
              }));
    }
    boolean[][] isTaken = new boolean[threads][pushes];
    int fillings = 0;
    int taken = 0;
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (taken < threads * pushes / 2) { // then close in the middle
      assertThat(System.nanoTime()).as("nodes are lost").isLessThan(deadline);
      int count = take(inbox.takeAll(), isTaken);
      fillings += count > 0 ? 1 : 0;
      taken += count;
    }
    int count = take(inbox.close(), isTaken);
    fillings += count > 0 ? 1 : 0;
    taken += count;

    int firsts = 0;
    int refused = 0;
    for (Threads.Running<int[]> thread : running) {
      firsts += thread.join()[0];
      refused += thread.join()[1];
    }
    assertThat(firsts).isEqualTo(fillings);
    assertThat(taken + refused).isEqualTo(threads * pushes);
  }

  private static int take(@Nullable RemoteFree first, boolean[][] isTaken) {
    int count = 0;
    int[] last = {Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE};
    for (RemoteFree each = first; each != null; each = each.nextRemoteFree()) {
      Node node = (Node) each;
      assertThat(isTaken[node.thread][node.number]).isFalse();
      isTaken[node.thread][node.number] = true;
      assertThat(node.number).isLessThan(last[node.thread]); // the latest of a thread is first
      last[node.thread] = node.number;
      count++;
    }
    return count;
  }
}
