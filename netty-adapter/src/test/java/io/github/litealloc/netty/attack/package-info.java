/**
 * Attacks on the whole of the allocator at once. Small in every build; for long with {@code mvn -B
 * -Pattack test -pl netty-adapter -am}.
 */
@NullMarked
package io.github.litealloc.netty.attack;

import org.jspecify.annotations.NullMarked;
