package io.github.litealloc;

/** A block on its way to its owner. */
final class RemoteBlock extends LinkedRemoteFree {

  private final Arena arena;
  private final long block;
  private final int bytes;

  RemoteBlock(Arena arena, long block, int bytes) {
    this.arena = arena;
    this.block = block;
    this.bytes = bytes;
  }

  @Override
  public void freeOnOwner() {
    arena.free(block, bytes);
  }
}
