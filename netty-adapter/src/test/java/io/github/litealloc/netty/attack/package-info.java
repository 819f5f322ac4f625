/**
 * Attacks on the whole of the allocator at once. Small in every build; for long with {@code
 * -Dlitealloc.attack.operations=1000000000}.
 */
@NullMarked
package io.github.litealloc.netty.attack;

import org.jspecify.annotations.NullMarked;
