package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.support.Threads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RemoteFreeInboxTest {

  private static final int PUSHERS = 3;

  private final RemoteFreeInbox inbox = new RemoteFreeInbox();

  /** A node that knows who pushed it. */
  private static final class Node extends LinkedRemoteFree {
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
    for (int round = 0; round < 20; round++) {
      pushOnManyThreads(10_000);
    }
  }

  @Test
  void close_whileManyThreadsPush_losesNothing() throws Exception {
    for (int round = 0; round < 500; round++) { // short ones: each closes only once
      pushOnManyThreads(200);
    }
  }

  private static void pushOnManyThreads(int pushes) throws Exception {
    RemoteFreeInbox inbox = new RemoteFreeInbox();
    Node[][] nodes = new Node[PUSHERS][pushes]; // made before, so that threads do nothing but push
    for (int i = 0; i < PUSHERS; i++) {
      for (int j = 0; j < pushes; j++) {
        nodes[i][j] = new Node(i, j);
      }
    }
    List<Threads.Running<int[]>> pushers =
        Threads.startTogether(
            "pusher",
            PUSHERS,
            index -> {
              int firsts = 0;
              int refused = 0;
              for (Node node : nodes[index]) {
                switch (inbox.push(node)) {
                  case FIRST -> firsts++;
                  case CLOSED -> refused++;
                  default -> {}
                }
              }
              return new int[] {firsts, refused};
            });
    boolean[][] isTaken = new boolean[PUSHERS][pushes];
    int fillings = 0;
    int taken = 0;
    // Then closes, mostly while threads push.
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (taken < PUSHERS * pushes / 2 && System.nanoTime() < deadline) {
      int count = take(inbox.takeAll(), isTaken);
      fillings += count > 0 ? 1 : 0;
      taken += count;
    }
    int count = take(inbox.close(), isTaken);
    fillings += count > 0 ? 1 : 0;
    taken += count;

    int firsts = 0;
    int refused = 0;
    for (Threads.Running<int[]> pusher : pushers) {
      firsts += pusher.join()[0];
      refused += pusher.join()[1];
    }
    assertThat(taken + refused).isEqualTo(PUSHERS * pushes);
    assertThat(firsts).isEqualTo(fillings);
  }

  private static int take(@Nullable RemoteFree first, boolean[][] isTaken) {
    int count = 0;
    int[] last = new int[PUSHERS];
    Arrays.fill(last, Integer.MAX_VALUE);
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
