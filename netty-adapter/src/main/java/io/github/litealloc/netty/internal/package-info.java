/** What the packages of this module share, and nobody else may use. Not exported. */
@NullMarked
package io.github.litealloc.netty.internal;

import org.jspecify.annotations.NullMarked;
