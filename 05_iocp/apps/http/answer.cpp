#include "answer.hpp"

#include "apps/http/rules/conditions.hpp"
#include "apps/http/rules/content_type.hpp"
#include "apps/http/rules/resolve.hpp"

#include <utility>

namespace http {

namespace {

answer only_text(std::string text) {
    answer result;
    result.text = std::move(text);
    return result;
}

answer of_file(const request& asked, const answer_context& context, opened_file opened,
               const presentation& shown) {
    const validators known = validators_of(opened.what, context.now);
    const selection chosen = select(asked, opened.what, known, context.now);
    answer result = only_text(file_text(context, chosen, opened.what, known, shown));
    if (context.is_head || chosen.size == 0)
        return result;
    result.file = std::move(opened.file);
    result.first = chosen.first;
    result.size = chosen.size;
    return result;
}

answer of_place(const request& asked, const answer_context& context, const site& from,
                const place& where) {
    std::string path = where.path;
    if (where.is_folder)
        path += path.empty() ? "index.html" : "/index.html";
    opened_file opened = from.root.open(path);
    if (opened.result != status::ok)
        return only_text(status_text(context, opened.result));
    if (!opened.is_folder)
        return of_file(asked, context, std::move(opened),
                       {content_type_of(path), from.cache_control});
    if (where.is_folder) // a folder of the name index.html
        return only_text(status_text(context, status::not_found));
    return only_text(redirect_text(context, encode(path) + '/' + where.query));
}

} // namespace

answer answer_to(const request& asked, const site& from, std::chrono::sys_seconds now) {
    const status good = check(asked);
    const bool keeps_alive = asked.keeps_alive && !asked.has_body && good != status::bad_request;
    const answer_context context{now, asked.is_head(), keeps_alive, asked.version};
    answer result;
    if (good != status::ok) {
        result = only_text(status_text(context, good));
    } else {
        const place where = resolve(asked.target, from.shows_dotfiles);
        result = where.result == status::ok ? of_place(asked, context, from, where)
                                            : only_text(status_text(context, where.result));
    }
    result.keeps_alive = keeps_alive;
    return result;
}

answer answer_to_nonsense(status why, std::chrono::sys_seconds now) {
    answer result = only_text(status_text({now}, why));
    result.keeps_alive = false;
    return result;
}

} // namespace http
