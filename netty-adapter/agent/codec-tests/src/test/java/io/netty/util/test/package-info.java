/** What Netty's published tests name and Netty does not publish. */
@NullMarked
package io.netty.util.test;

import org.jspecify.annotations.NullMarked;
