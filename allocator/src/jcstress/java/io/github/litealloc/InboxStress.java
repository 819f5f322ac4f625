package io.github.litealloc;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Whatever is pushed is taken exactly once, with all that was written before it was pushed. */
final class InboxStress {

  private InboxStress() {}

  /** A release with something to be seen by whoever takes it. */
  static final class Node extends LinkedRemoteFree {
    int payload;

    @Override
    public void freeOnOwner() {}
  }

  /** How many there are; each adds its payload, so one that is seen twice or not at all shows. */
  static int sum(@Nullable RemoteFree first) {
    int sum = 0;
    for (RemoteFree node = first; node != null; node = node.nextRemoteFree()) {
      sum += ((Node) node).payload;
    }
    return sum;
  }

  static Node node(int payload) {
    Node node = new Node();
    node.payload = payload;
    return node;
  }

  /** Two threads push at the same time. */
  @JCStressTest
  @Outcome(id = "11", expect = ACCEPTABLE, desc = "both are there, once")
  @Outcome(expect = FORBIDDEN, desc = "a push was lost or doubled")
  @State
  public static class PushPush {
    private final RemoteFreeInbox inbox = new RemoteFreeInbox();

    @Actor
    public void one() {
      inbox.push(node(1));
    }

    @Actor
    public void other() {
      inbox.push(node(10));
    }

    @Arbiter
    public void take(I_Result result) {
      result.r1 = sum(inbox.takeAll());
    }
  }

  /** Two threads push into an empty inbox: exactly one has to wake the owner. */
  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the one was first")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the other was first")
  @Outcome(expect = FORBIDDEN, desc = "nobody wakes the owner, or both do")
  @State
  public static class FirstPush {
    private final RemoteFreeInbox inbox = new RemoteFreeInbox();

    @Actor
    public void one(II_Result result) {
      result.r1 = inbox.push(node(1)) == RemoteFreeInbox.Push.FIRST ? 1 : 0;
    }

    @Actor
    public void other(II_Result result) {
      result.r2 = inbox.push(node(10)) == RemoteFreeInbox.Push.FIRST ? 1 : 0;
    }
  }

  /** The owner takes while another thread pushes what it has just written. */
  @JCStressTest
  @Outcome(id = "7, 0", expect = ACCEPTABLE, desc = "taken, with what was written before")
  @Outcome(id = "0, 7", expect = ACCEPTABLE, desc = "not there yet; taken the next time")
  @Outcome(expect = FORBIDDEN, desc = "lost, taken twice, or taken without what was written before")
  @State
  public static class PushTake {
    private final RemoteFreeInbox inbox = new RemoteFreeInbox();
    private final Node node = new Node();

    @Actor
    public void push() {
      node.payload = 7;
      inbox.push(node);
    }

    @Actor
    public void take(II_Result result) {
      result.r1 = sum(inbox.takeAll());
    }

    @Arbiter
    public void takeRest(II_Result result) {
      result.r2 = sum(inbox.takeAll());
    }
  }

  /** The owner closes while another thread pushes. */
  @JCStressTest
  @Outcome(id = "0, 7", expect = ACCEPTABLE, desc = "pushed in time, and drained by the close")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "refused: the pusher frees it itself")
  @Outcome(expect = FORBIDDEN, desc = "accepted and lost, or refused and drained")
  @State
  public static class PushClose {
    private final RemoteFreeInbox inbox = new RemoteFreeInbox();

    @Actor
    public void push(II_Result result) {
      result.r1 = inbox.push(node(7)) == RemoteFreeInbox.Push.CLOSED ? 1 : 0;
    }

    @Actor
    public void close(II_Result result) {
      result.r2 = sum(inbox.close());
    }
  }
}
