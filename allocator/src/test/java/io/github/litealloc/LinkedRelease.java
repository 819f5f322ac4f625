package io.github.litealloc;

import org.jspecify.annotations.Nullable;

/** The part of a {@link RemoteFree} that every queue node shares. */
abstract class LinkedRelease implements RemoteFree {

  private @Nullable RemoteFree next;

  @Override
  public @Nullable RemoteFree nextRemoteFree() {
    return next;
  }

  @Override
  public void setNextRemoteFree(@Nullable RemoteFree next) {
    this.next = next;
  }
}
