import { DownloadOutlined, PlusOutlined } from '@ant-design/icons';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Popconfirm } from 'antd';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { Amount } from '../../ui/amount';
import { useCursorPaging } from '../../ui/cursor-trail';
import { Instant } from '../../ui/instant';
import { ListPanel } from '../../ui/list-panel';
import { LongNumber } from '../../ui/long-number';
import { NothingHere } from '../../ui/nothing-here';
import { Page } from '../../ui/page';
import { ProblemAlert } from '../../ui/problem-alert';
import { Tag } from '../../ui/tag';
import work from '../operations/work-item.module.css';
import { BankResults } from './bank-results';

const PAGE_SIZE = 20;

export function BankFilesPage() {
  const { t } = useTranslation();
  const paging = useCursorPaging();
  const query = { ...(paging.cursor && { cursor: paging.cursor }), limit: PAGE_SIZE };
  const files = useQuery({
    queryKey: queryKeys.bankFiles(paging.cursor),
    queryFn: ({ signal }) => answerOf(api.GET('/v1/admin/bank-batches', { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
  const creating = useCreate();
  return (
    <Page
      title={t('bankFiles.title')}
      lead={t('bankFiles.lead')}
      actions={
        <Popconfirm
          title={t('bankFiles.createTitle')}
          description={t('bankFiles.createText')}
          okText={t('bankFiles.create')}
          cancelText={t('cancel')}
          placement="bottomRight"
          onConfirm={() => creating.mutate()}
        >
          <Button type="primary" size="large" icon={<PlusOutlined />} loading={creating.isPending}>
            {t('bankFiles.create')}
          </Button>
        </Popconfirm>
      }
    >
      {creating.isError && <ProblemAlert className={work.problem} error={creating.error} />}
      <BankResults />
      <ListPanel
        list={files}
        paging={paging}
        empty={<NothingHere title={t('bankFiles.none')} text={t('bankFiles.noneText')} />}
      >
        {(items) => (
          <ul>
            {items.map((file) => (
              <BankFile key={file.id} file={file} />
            ))}
          </ul>
        )}
      </ListPanel>
    </Page>
  );
}

function BankFile({ file }: { file: Schemas['BankBatch'] }) {
  const { t } = useTranslation();
  const downloading = useDownload(file.id);
  return (
    <li className={work.item} data-bank-file={file.id}>
      <div className={work.head}>
        <strong>
          {t('bankFiles.file')} <LongNumber value={file.id} />
        </strong>
        {file.open > 0 ? (
          <Tag tone="waiting">{t('bankFiles.waiting', { count: file.open })}</Tag>
        ) : (
          <Tag tone="good">{t('bankFiles.done')}</Tag>
        )}
      </div>
      <dl className={work.sums}>
        <div>
          <dt>{t('bankFiles.net')}</dt>
          <dd>
            <Amount value={file.net} />
          </dd>
        </div>
        {(['count', 'paid', 'failed'] as const).map((part) => (
          <div key={part}>
            <dt>{t(`bankFiles.${part}`)}</dt>
            <dd>{file[part]}</dd>
          </div>
        ))}
      </dl>
      <div className={work.foot}>
        <span className={work.faint}>
          {t('bankFiles.made')} <Instant at={file.createdAt} /> · {file.createdBy}
        </span>
        <Button
          icon={<DownloadOutlined />}
          loading={downloading.isPending}
          onClick={() => downloading.mutate()}
        >
          {t('bankFiles.download')}
        </Button>
      </div>
      {downloading.isError && <ProblemAlert error={downloading.error} />}
    </li>
  );
}

function useCreate() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => answerOf(api.POST('/v1/admin/bank-batches')),
    onSuccess: ({ count }) => void message.success(t('bankFiles.created', { count })),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: queryKeys.allBankFiles });
      void queries.invalidateQueries({ queryKey: queryKeys.allReviews });
    },
  });
}

function useDownload(id: string) {
  return useMutation({
    mutationFn: async () => {
      const params = { path: { id } };
      const csv = await answerOf(api.GET('/v1/admin/bank-batches/{id}/file', { params, parseAs: 'blob' }));
      const address = URL.createObjectURL(csv);
      const link = document.createElement('a');
      link.href = address;
      link.download = `payouts-${id}.csv`;
      link.click();
      URL.revokeObjectURL(address);
    },
  });
}
