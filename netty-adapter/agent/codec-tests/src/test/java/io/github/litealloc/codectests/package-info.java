/** What Netty's published tests of its codecs do with our agent. */
@NullMarked
package io.github.litealloc.codectests;

import org.jspecify.annotations.NullMarked;
