# SPDX-License-Identifier: GPL-2.0-or-later
# Run by fl_embed(): text files to one C file, as arrays of bytes.
string(REPLACE "|" ";" FILES "${FILES}")
string(REGEX REPLACE "^fl_" "fl_n" count ${TARGET})
set(arrays)
set(rows)
set(i 0)
foreach(path ${FILES})
  file(READ ${path} hex HEX)
  get_filename_component(name ${path} NAME)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND arrays "static const char text_${i}[] = {${bytes}0};\n")
  string(APPEND rows "\t{ \"${name}\", text_${i}, sizeof(text_${i}) - 1 },\n")
  math(EXPR i "${i} + 1")
endforeach()
file(WRITE ${DIR}/${TARGET}.h "#include \"${HEADER}\"
extern const struct ${STRUCT} ${TARGET}[];
extern const size_t ${count};
")
file(WRITE ${DIR}/${TARGET}.c "#include \"${TARGET}.h\"
${arrays}const struct ${STRUCT} ${TARGET}[] = {
${rows}};
const size_t ${count} = ${i};
")
