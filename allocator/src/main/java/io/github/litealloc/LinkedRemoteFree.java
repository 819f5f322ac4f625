package io.github.litealloc;

import org.jspecify.annotations.Nullable;

/** A {@link RemoteFree} with its link, for releases that have no object of their own to queue. */
abstract class LinkedRemoteFree implements RemoteFree {

  private @Nullable RemoteFree next;

  @Override
  public final @Nullable RemoteFree nextRemoteFree() {
    return next;
  }

  @Override
  public final void setNextRemoteFree(@Nullable RemoteFree next) {
    this.next = next;
  }
}
